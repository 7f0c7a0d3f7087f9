//! The client against a fake by other hands, which holds GitHub's published
//! description itself. Skipped where that or Python is not there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use piton_github::endpoints::{
    comments, contents, gists, git, issues, labels, people, pulls, releases, repository, secrets,
    site, stargazers, thread, traffic, variables,
};
use piton_github::{Client, ForgeError, ForgeRead, Get, found};
use serde_json::Value;

use crate::fixture::{TOKEN, widget, within};

struct Strict {
    child: Child,
    github: Client,
}

impl Drop for Strict {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test starts a server of its own"
)]
fn start() -> Option<Strict> {
    let script = piton_testkit::shared_dir()?.join("tools/fake_github/fake_github.py");
    let mut child = Command::new("python3")
        .arg(script)
        .args(["--idle", "60"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 runs the fake");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let Ok(port) = line.trim().parse::<u16>() else {
        let _ = child.kill();
        let _ = child.wait();
        panic!("the fake told no port: {line:?}");
    };
    // It reads a schema of a megabyte before its first answer by GraphQL.
    let limit = Duration::from_secs(60);
    let address = format!("http://127.0.0.1:{port}");
    let github = within(limit, &address, Some(TOKEN), Arc::default());
    Some(Strict { child, github })
}

#[test]
fn nothing_is_asked_that_githubs_published_description_does_not_have() {
    let Some(strict) = start() else {
        println!("skipped: the strict fake is not here");
        return;
    };
    let (github, repo) = (&strict.github, &widget());
    assert_eq!(people::me(github).unwrap().login, "octo-dev");
    let trunk = repository::get(github, repo).unwrap().default_branch;
    let new = issues::NewIssue {
        title: "t".to_owned(),
        body: "b".to_owned(),
        labels: vec!["erk-plan".to_owned()],
        assignees: Vec::new(),
    };
    let issue = issues::create(github, repo, &new).unwrap();
    issues::edit(github, repo, issue.number, issues::Edit::Body("c")).unwrap();
    assert_eq!(issues::get(github, repo, issue.number).unwrap().body, "c");
    let filter = issues::Filter {
        labels: vec!["erk-plan".to_owned()],
        creator: Some("octo-dev".to_owned()),
        since: Some(issue.created_at),
        ..issues::Filter::default()
    };
    assert_eq!(issues::list(github, repo, &filter).count(), 1);
    let comment = comments::create(github, repo, issue.number, "one").unwrap();
    comments::edit_own(github, repo, comment.id, "two").unwrap();
    assert!(comment.author_association.trusted());
    assert_eq!(comments::get(github, repo, comment.id).unwrap().body, "two");
    assert_eq!(
        comments::list(github, repo, issue.number, Some(issue.created_at)).count(),
        1
    );
    labels::create(github, repo, "new", "0E8A16", "a label").unwrap();
    assert!(matches!(
        labels::create(github, repo, "new", "0E8A16", ""),
        Err(ForgeError::Conflict { .. })
    ));
    labels::add(github, repo, issue.number, &["new".to_owned()]).unwrap();

    let base = git::branch(github, repo, &trunk).unwrap().object.sha;
    let tree = git::commit(github, repo, &base).unwrap().tree.sha;
    let file = git::NewFile {
        path: ".erk/impl-context/plan.md".to_owned(),
        content: "# Plan\n".to_owned(),
    };
    let tree = git::create_tree(github, repo, &tree, &[file]).unwrap().sha;
    let commit = git::create_commit(github, repo, "plan", &tree, &base)
        .unwrap()
        .sha;
    git::create_branch(github, repo, "plnd/x", &commit).unwrap();
    assert!(matches!(
        git::create_branch(github, repo, "plnd/x", &commit),
        Err(ForgeError::Conflict { .. })
    ));
    let new = pulls::NewPull {
        title: "[erk-pr] t".to_owned(),
        body: "b".to_owned(),
        head: "plnd/x".to_owned(),
        base: trunk,
        draft: true,
    };
    let pull = pulls::create(github, repo, &new).unwrap();
    assert!(matches!(
        pulls::create(github, repo, &new),
        Err(ForgeError::Conflict { .. })
    ));
    issues::edit(github, repo, pull.number, issues::Edit::Body("c")).unwrap();
    assert_eq!(pulls::of_branch(github, repo, "plnd/x", None).count(), 1);
    let text = contents::read(github, repo, ".erk/impl-context/plan.md", Some("plnd/x"));
    // Only the real one gives raw bytes; the strict fake gives its JSON.
    assert!(text.is_ok());
    match pulls::mark_ready(github, &pull.node_id) {
        Ok(()) => {
            let thread = thread::read(github, repo, pull.number).unwrap();
            assert_eq!(thread.edits.len(), 2);
        }
        Err(ForgeError::Outage { status: 501, .. }) => println!("GraphQL is not served here"),
        Err(error) => panic!("{error}"),
    }

    let new = gists::NewGist {
        description: "[GTT] acme/widget \u{b7} badges".to_owned(),
        public: true,
        files: BTreeMap::from([("state.json".to_owned(), "{}".to_owned())]),
    };
    let gist = gists::create(github, &new).unwrap();
    let edit = gists::Edit {
        description: Some("d".to_owned()),
        files: BTreeMap::from([("b.json".to_owned(), "{}".to_owned())]),
    };
    assert_eq!(gists::edit(github, &gist.id, &edit).unwrap().files.len(), 2);
    assert_eq!(gists::list(github).count(), 1);
    let whole = gists::get(github, &gist.id).unwrap();
    assert_eq!(
        gists::content(github, &whole, "b.json").unwrap().unwrap(),
        b"{}"
    );

    variables::create(github, repo, "V", "1").unwrap();
    variables::update(github, repo, "V", "2").unwrap();
    assert_eq!(variables::get(github, repo, "V").unwrap().value, "2");
    let key = secrets::public_key(github, repo).unwrap();
    let sealed = "c2VhbGVk".repeat(12);
    if let Err(error) = secrets::set(github, repo, "S", &sealed, &key.key_id) {
        println!("a secret that is not sealed is refused: {error}");
    }
    assert_eq!(found(secrets::get(github, repo, "NONE")).unwrap(), None);
    assert_eq!(traffic::clones(github, repo).unwrap(), []);
    assert_eq!(traffic::views(github, repo).unwrap(), []);
    assert_eq!(traffic::referrers(github, repo).unwrap(), []);
    assert_eq!(traffic::paths(github, repo).unwrap(), []);
    assert_eq!(releases::list(github, repo).count(), 0);
    assert_eq!(stargazers::list(github, repo).count(), 0);
    assert_eq!(found(site::get(github, repo)).unwrap(), None);
    let source = site::Source {
        branch: "main".to_owned(),
        path: "/docs".to_owned(),
    };
    site::enable(github, repo, &source).unwrap();

    let answer = github.get(&Get::new(&["_fake", "violations"])).unwrap();
    let violations: Value = answer.json().unwrap();
    assert_eq!(violations, Value::Array(Vec::new()));
}
