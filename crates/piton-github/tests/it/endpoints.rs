//! Each area once, against what GitHub's description says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piton_github::endpoints::{
    actions, comments, contents, gists, git, issues, labels, pulls, releases, repository, runs,
    secrets, site, stargazers, thread, traffic, variables,
};
use piton_github::{ForgeError, ForgeRead, GraphQuery, first};
use piton_testkit::forge::{FakeGitHub, Release, Workflow};
use serde_json::json;

use crate::fixture::{client, widget};

#[test]
fn a_branch_and_a_draft_pull_request_are_made_without_a_checkout() {
    let fake = FakeGitHub::start();
    let (github, repo) = (client(&fake), widget());
    let trunk = repository::get(&github, &repo).unwrap().default_branch;
    let base = git::branch(&github, &repo, &trunk).unwrap().object.sha;
    let commit = git::commit(&github, &repo, &base).unwrap();
    let file = git::NewFile {
        path: ".erk/plan.md".to_owned(),
        content: "# Plan".to_owned(),
    };
    let tree = git::create_tree(&github, &repo, &commit.tree.sha, &[file]).unwrap();
    let made = git::create_commit(&github, &repo, "plan", &tree.sha, &base).unwrap();
    git::create_branch(&github, &repo, "plnd/a-b", &made.sha).unwrap();
    let again = git::create_branch(&github, &repo, "plnd/a-b", &made.sha);
    assert!(matches!(again, Err(ForgeError::Conflict { .. })));
    let new = pulls::NewPull {
        title: "[erk-pr] Plan".to_owned(),
        body: "body".to_owned(),
        head: "plnd/a-b".to_owned(),
        base: trunk,
        draft: true,
    };
    let pull = pulls::create(&github, &repo, &new).unwrap();
    assert!(pull.draft);
    assert!(matches!(
        pulls::create(&github, &repo, &new),
        Err(ForgeError::Conflict { .. })
    ));
    let newest = pulls::of_branch(&github, &repo, "plnd/a-b", None)
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(newest.number, pull.number);
    let text = contents::read(&github, &repo, ".erk/plan.md", Some("plnd/a-b")).unwrap();
    assert_eq!(text, b"# Plan");
    pulls::mark_ready(&github, &pull.node_id).unwrap();
    assert!(!pulls::get(&github, &repo, pull.number).unwrap().draft);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn issues_comments_and_labels_are_made_and_found() {
    let fake = FakeGitHub::start();
    let (github, repo) = (client(&fake), widget());
    labels::create(&github, &repo, "erk-plan", "0E8A16", "a plan").unwrap();
    assert!(matches!(
        labels::create(&github, &repo, "Erk-Plan", "0E8A16", ""),
        Err(ForgeError::Conflict { .. })
    ));
    let new = issues::NewIssue {
        title: "t".to_owned(),
        body: "b".to_owned(),
        labels: vec!["erk-plan".to_owned()],
        assignees: Vec::new(),
    };
    let number = issues::create(&github, &repo, &new).unwrap().number;
    let comment = comments::create(&github, &repo, number, "one <!-- mark -->").unwrap();
    comments::edit_own(&github, &repo, comment.id, "two <!-- mark -->").unwrap();
    let all = comments::list(&github, &repo, number, None);
    let marked = first(all, |comment| comment.body.contains("<!-- mark -->")).unwrap();
    assert_eq!(marked.unwrap().issue(), Some(number));
    labels::add(&github, &repo, number, &["other".to_owned()]).unwrap();
    let filter = issues::Filter {
        labels: vec!["erk-plan".to_owned()],
        state: Some(issues::State::Open),
        ..issues::Filter::default()
    };
    assert_eq!(issues::list(&github, &repo, &filter).count(), 1);
    let close = issues::Edit::State(issues::State::Closed);
    issues::edit(&github, &repo, number, close).unwrap();
    let edited = issues::edit(&github, &repo, number, issues::Edit::Body("b2")).unwrap();
    assert_eq!(edited.state, issues::State::Closed);
    let edits = thread::read(&github, &repo, number).unwrap().edits;
    assert_eq!(edits[0].diff.as_deref(), Some("b2"));
    let long = "x".repeat(65_537);
    let refused = comments::create(&github, &repo, number, &long).unwrap_err();
    assert!(refused.to_string().contains("65536"), "{refused}");
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn a_run_is_found_by_the_distinct_id_in_its_title_and_its_id_needs_64_bits() {
    let fake = FakeGitHub::with(|world| {
        world.run_details = false;
        let workflow = Workflow {
            id: 161_335,
            name: "Implement".to_owned(),
            state: "active".to_owned(),
            run_name: Some("7:${{ inputs.distinct_id }}".to_owned()),
        };
        world
            .repo("acme/widget")
            .workflows
            .insert("plan-implement.yml".to_owned(), workflow);
    });
    let (github, repo) = (client(&fake), widget());
    let inputs = BTreeMap::from([("distinct_id".to_owned(), "abc123".to_owned())]);
    let told = actions::dispatch(&github, &repo, "plan-implement.yml", "main", &inputs).unwrap();
    assert_eq!(told, None, "an older server does not tell the run");
    let listed = runs::of_workflow(&github, &repo, "plan-implement.yml", 10);
    let run = first(listed, |run| run.display_title.ends_with(":abc123"))
        .unwrap()
        .unwrap();
    assert!(run.id > u64::from(u32::MAX));
    assert_eq!(
        runs::get(&github, &repo, run.id).unwrap().node_id,
        run.node_id
    );
    fake.world(|world| world.run_details = true);
    let told = actions::dispatch(&github, &repo, "plan-implement.yml", "main", &inputs).unwrap();
    assert!(told.unwrap().workflow_run_id > run.id);
    let too_large = GraphQuery::new(
        "x",
        "query($number: Int!) { userContentEdits }",
        json!({"number": run.id}),
    );
    assert!(github.query(&too_large).is_err());
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn gists_keep_their_other_files_and_large_ones_come_whole() {
    let fake = FakeGitHub::with(|world| world.gist_cut = 10);
    let github = client(&fake);
    let new = gists::NewGist {
        description: "[GTT] acme/widget \u{b7} badges".to_owned(),
        public: true,
        files: BTreeMap::from([
            (
                "state.json".to_owned(),
                "{\"a\": \"0123456789\"}".to_owned(),
            ),
            ("b.json".to_owned(), "{}".to_owned()),
        ]),
    };
    let id = gists::create(&github, &new).unwrap().id;
    let edit = gists::Edit {
        description: None,
        files: BTreeMap::from([("b.json".to_owned(), "{1}".to_owned())]),
    };
    gists::edit(&github, &id, &edit).unwrap();
    let gist = gists::get(&github, &id).unwrap();
    assert!(gist.files["state.json"].truncated);
    let whole = gists::content(&github, &gist, "state.json")
        .unwrap()
        .unwrap();
    assert_eq!(whole, b"{\"a\": \"0123456789\"}");
    assert_eq!(
        gists::content(&github, &gist, "b.json").unwrap().unwrap(),
        b"{1}"
    );
    assert_eq!(gists::content(&github, &gist, "c.json").unwrap(), None);
    assert_eq!(gist.history.len(), 2);
    assert_eq!(
        gists::list(&github).next().unwrap().unwrap().files["b.json"].content,
        None
    );
    assert_eq!(
        fake.violations(),
        [""; 0],
        "the token went to no other place"
    );
}

#[test]
fn variables_secrets_traffic_releases_stars_and_the_site_are_read_and_set() {
    let now: Timestamp = "2026-03-10T03:00:00Z".parse().unwrap();
    let fake = FakeGitHub::with(|world| {
        let repo = world.repo("acme/widget");
        repo.public_key = ("key-7".to_owned(), "a2V5".to_owned());
        let day = json!({"timestamp": "2026-03-09T00:00:00Z", "count": 4, "uniques": 3});
        repo.traffic.insert("clones".to_owned(), vec![day]);
        let referrer = json!({"referrer": "google.com", "count": 2, "uniques": 1});
        repo.traffic.insert("referrers".to_owned(), vec![referrer]);
        repo.stars.push(now);
        let asset = (5, "a.tar.gz".to_owned(), 12);
        repo.releases.push(Release {
            tag: "v1".to_owned(),
            draft: false,
            assets: vec![asset],
        });
    });
    let (github, repo) = (client(&fake), widget());
    variables::create(&github, &repo, "NEW", "1").unwrap();
    assert!(matches!(
        variables::create(&github, &repo, "NEW", "1"),
        Err(ForgeError::Conflict { .. })
    ));
    let key = secrets::public_key(&github, &repo).unwrap();
    secrets::set(&github, &repo, "S", "c2VhbGVk", &key.key_id).unwrap();
    assert_eq!(secrets::get(&github, &repo, "S").unwrap().name, "S");
    assert_eq!(traffic::clones(&github, &repo).unwrap()[0].count, 4);
    assert_eq!(traffic::views(&github, &repo).unwrap(), []);
    assert_eq!(
        traffic::referrers(&github, &repo).unwrap()[0].source,
        "google.com"
    );
    assert_eq!(traffic::paths(&github, &repo).unwrap(), []);
    assert_eq!(
        releases::list(&github, &repo)
            .next()
            .unwrap()
            .unwrap()
            .assets[0]
            .download_count,
        12
    );
    assert_eq!(
        stargazers::list(&github, &repo)
            .next()
            .unwrap()
            .unwrap()
            .starred_at,
        now
    );
    let source = site::Source {
        branch: "main".to_owned(),
        path: "/docs".to_owned(),
    };
    site::enable(&github, &repo, &source).unwrap();
    assert!(matches!(
        site::enable(&github, &repo, &source),
        Err(ForgeError::Conflict { .. })
    ));
    assert_eq!(site::get(&github, &repo).unwrap().source, Some(source));
    let sha = contents::sha(&github, &repo, "README.md", None).unwrap();
    assert_eq!(sha.len(), 40);
    assert_eq!(fake.violations(), [""; 0]);
}
