//! GitHub's published operations, those that the fake serves: method, path,
//! what stands in the query (`?name`), and the fields of the body (`name:type`,
//! with `!` where they must be there).

pub(super) const TABLE: &str = "
GET /user
GET /repos/{owner}/{repo}
GET /repos/{owner}/{repo}/issues ?milestone ?state ?assignee ?creator ?mentioned ?labels ?sort ?direction ?since ?per_page ?page
POST /repos/{owner}/{repo}/issues title!:string body:string labels:array assignees:array milestone:integer type:string
GET /repos/{owner}/{repo}/issues/comments ?sort ?direction ?since ?per_page ?page
GET /repos/{owner}/{repo}/issues/comments/{comment_id}
PATCH /repos/{owner}/{repo}/issues/comments/{comment_id} body!:string
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}
GET /repos/{owner}/{repo}/issues/{issue_number}
PATCH /repos/{owner}/{repo}/issues/{issue_number} title:string body:string state:string state_reason:string labels:array assignees:array milestone:integer
GET /repos/{owner}/{repo}/issues/{issue_number}/comments ?since ?per_page ?page
POST /repos/{owner}/{repo}/issues/{issue_number}/comments body!:string
POST /repos/{owner}/{repo}/issues/{issue_number}/labels labels:array
POST /repos/{owner}/{repo}/labels name!:string color:string description:string
GET /repos/{owner}/{repo}/labels/{name}
GET /repos/{owner}/{repo}/pulls ?state ?head ?base ?sort ?direction ?per_page ?page
POST /repos/{owner}/{repo}/pulls title:string head!:string base!:string body:string draft:boolean issue:integer maintainer_can_modify:boolean head_repo:string
GET /repos/{owner}/{repo}/pulls/{pull_number}
GET /repos/{owner}/{repo}/git/ref/{ref*}
POST /repos/{owner}/{repo}/git/refs ref!:string sha!:string
GET /repos/{owner}/{repo}/git/commits/{commit_sha}
POST /repos/{owner}/{repo}/git/commits message!:string tree!:string parents:array author:object committer:object signature:string
POST /repos/{owner}/{repo}/git/trees tree!:array base_tree:string
GET /repos/{owner}/{repo}/contents/{path*} ?ref
GET /repos/{owner}/{repo}/actions/workflows ?per_page ?page
GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}
PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable
POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches ref!:string inputs:object return_run_details:boolean
GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs ?actor ?branch ?event ?status ?per_page ?page ?created ?head_sha ?exclude_pull_requests
GET /repos/{owner}/{repo}/actions/runs ?actor ?branch ?event ?status ?per_page ?page ?created ?head_sha ?exclude_pull_requests
GET /repos/{owner}/{repo}/actions/runs/{run_id} ?exclude_pull_requests
GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs ?filter ?per_page ?page
POST /repos/{owner}/{repo}/actions/variables name!:string value!:string
GET /repos/{owner}/{repo}/actions/variables/{name}
PATCH /repos/{owner}/{repo}/actions/variables/{name} name:string value:string
DELETE /repos/{owner}/{repo}/actions/variables/{name}
GET /repos/{owner}/{repo}/actions/secrets/public-key
GET /repos/{owner}/{repo}/actions/secrets/{secret_name}
PUT /repos/{owner}/{repo}/actions/secrets/{secret_name} encrypted_value!:string key_id!:string
DELETE /repos/{owner}/{repo}/actions/secrets/{secret_name}
GET /repos/{owner}/{repo}/traffic/clones ?per
GET /repos/{owner}/{repo}/traffic/views ?per
GET /repos/{owner}/{repo}/traffic/popular/referrers
GET /repos/{owner}/{repo}/traffic/popular/paths
GET /repos/{owner}/{repo}/releases ?per_page ?page
GET /repos/{owner}/{repo}/stargazers ?per_page ?page
GET /repos/{owner}/{repo}/stargazers/history ?per_page ?page
GET /repos/{owner}/{repo}/pages
POST /repos/{owner}/{repo}/pages build_type:string source:object
GET /gists ?since ?per_page ?page
POST /gists description:string files!:object public:boolean
GET /gists/{gist_id}
PATCH /gists/{gist_id} description:string files:object
DELETE /gists/{gist_id}
GET /gists/{gist_id}/commits ?per_page ?page
GET /gists/{gist_id}/{sha}
";

/// Which permission each area needs, by a part of its path; the first counts.
pub(super) const FAMILIES: [(&str, &str); 12] = [
    ("/issues", "issues"),
    ("/labels", "issues"),
    ("/pulls", "pull_requests"),
    ("/actions/variables", "actions_variables"),
    ("/actions/secrets", "secrets"),
    ("/actions/", "actions"),
    ("/git/", "contents"),
    ("/contents/", "contents"),
    ("/releases", "contents"),
    ("/pages", "pages"),
    ("/traffic", "administration"),
    ("/gists", "gists"),
];
