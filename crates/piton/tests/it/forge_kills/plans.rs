//! Stored plans and what is reported to them.

use piton_testkit::forge::Comment;

use super::{Case, Ground, tried, words};
use crate::shared;
use crate::stored::reach;
use crate::team::Team;

const PLAN: &str = "# Add a cache\n\nPut one in front of the loader.\n\n- [ ] the cache\n";

fn team_with(backend: &str) -> Ground {
    let Team { env, fake, .. } = Team::new(backend, "");
    let ground = Ground { env, fake, reach };
    ground.env.repo.write("plan.md", PLAN);
    ground
        .env
        .repo
        .write("new.md", &format!("{PLAN}- [ ] its test\n"));
    ground.env.repo.commit_all("texts");
    ground
}

fn issues() -> Ground {
    team_with("github-issue")
}

fn drafts() -> Ground {
    team_with("github-draft-pr")
}

fn made(ground: Ground) -> Ground {
    let ran = ground.run(&words(&["plan", "create", "--file", "plan.md"]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ground
}

fn an_issue() -> Ground {
    made(issues())
}

fn a_draft() -> Ground {
    made(drafts())
}

/// The number of the one plan there is.
fn number(ground: &Ground) -> String {
    ground.fake.world(|world| {
        let issues = &world.repo("acme/app").issues;
        issues.keys().next().unwrap().to_string()
    })
}

fn create(_: &Ground) -> Vec<String> {
    words(&["plan", "create", "--file", "plan.md"])
}

#[test]
fn a_plan_is_made_in_one_issue() {
    tried(&Case {
        arrange: issues,
        args: create,
        done: None,
    });
}

#[test]
fn a_plan_is_made_in_one_draft() {
    tried(&Case {
        arrange: drafts,
        args: create,
        done: None,
    });
}

#[test]
fn a_plan_gets_a_comment_once() {
    let args = |ground: &Ground| words(&["plan", "comment", &number(ground), "--text", "Look."]);
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
}

#[test]
fn a_field_and_a_text_are_set_once_in_an_issue_and_in_a_draft() {
    let args = |ground: &Ground| {
        let patch = r#"{"branch_name": "b"}"#;
        let id = number(ground);
        words(&["plan", "update", &id, "--patch", patch, "--text", "new.md"])
    };
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
    tried(&Case {
        arrange: a_draft,
        args,
        done: None,
    });
}

#[test]
fn a_plan_is_closed_with_one_comment() {
    let args = |ground: &Ground| words(&["plan", "close", &number(ground)]);
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
}

#[test]
fn a_work_folder_is_made_whole() {
    let args = |ground: &Ground| words(&["plan", "prepare", &number(ground)]);
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
}

#[test]
fn a_plan_is_dispatched_once() {
    let args = |ground: &Ground| words(&["plan", "dispatch", &number(ground)]);
    let done = Some("was dispatched already");
    tried(&Case {
        arrange: an_issue,
        args,
        done,
    });
}

#[test]
fn a_draft_is_submitted_once() {
    let args = |ground: &Ground| words(&["plan", "submit", &number(ground)]);
    tried(&Case {
        arrange: a_draft,
        args,
        done: None,
    });
}

/// A plan in an issue, and a branch on which it was carried out.
fn a_branch_of_an_issue() -> Ground {
    let ground = an_issue();
    let patch = r#"{"branch_name": "made"}"#;
    let ran = ground.run(&words(&[
        "plan",
        "update",
        &number(&ground),
        "--patch",
        patch,
    ]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ground.fake.world(|world| {
        let repo = world.repo("acme/app");
        repo.commit_files("made", "work", &[("made.txt", "made")]);
    });
    ground
}

#[test]
fn an_issues_work_is_submitted_in_one_pull_request() {
    let args = |ground: &Ground| words(&["plan", "submit", &number(ground)]);
    tried(&Case {
        arrange: a_branch_of_an_issue,
        args,
        done: None,
    });
}

/// A plan whose header somebody wrote over.
fn a_spoilt_header() -> Ground {
    let ground = an_issue();
    let id = number(&ground);
    let key: u64 = id.parse().unwrap();
    let before = ground
        .fake
        .world(|world| world.repo("acme/app").issues[&key].body.clone());
    let ran = ground.run(&words(&["exec", "update-pr-header", &id, "branch_name=b"]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ground.fake.world(|world| {
        let issue = world.repo("acme/app").issues.get_mut(&key).unwrap();
        issue.body = before;
    });
    ground
}

#[test]
fn a_header_is_put_right_once() {
    let args = |ground: &Ground| words(&["plan", "repair", &number(ground)]);
    tried(&Case {
        arrange: a_spoilt_header,
        args,
        done: None,
    });
}

#[test]
fn a_plan_begins_one_migration() {
    let args = |ground: &Ground| words(&["migration", "import", &number(ground)]);
    let done = Some("is a migration already");
    tried(&Case {
        arrange: an_issue,
        args,
        done,
    });
}

fn a_migration() -> Ground {
    let Team { env, fake, .. } = shared::team("github-issue");
    Ground { env, fake, reach }
}

#[test]
fn a_migration_is_shared_once() {
    let args = |_: &Ground| words(&["migration", "share", "tidy"]);
    let done = Some("is shared already");
    tried(&Case {
        arrange: a_migration,
        args,
        done,
    });
}

#[test]
fn a_migration_is_shared_in_one_draft() {
    let arrange = || {
        let Team { env, fake, .. } = shared::team("github-draft-pr");
        Ground { env, fake, reach }
    };
    let args = |_: &Ground| words(&["migration", "share", "tidy"]);
    let done = Some("is shared already");
    tried(&Case {
        arrange,
        args,
        done,
    });
}

fn a_shared_migration() -> Ground {
    let ground = a_migration();
    let ran = ground.run(&words(&["migration", "share", "tidy"]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let now = jiff::Timestamp::now();
    let issue = number(&ground).parse().unwrap();
    ground.fake.world(|world| {
        let id = world.next_id();
        let said = Comment {
            issue,
            body: "/piton reject not now".to_owned(),
            user: "octo".to_owned(),
            association: "OWNER".to_owned(),
            created_at: now,
            updated_at: now,
        };
        world.repo("acme/app").comments.insert(id, said);
    });
    ground
}

#[test]
fn what_a_maintainer_said_is_taken_up_once() {
    let args = |_: &Ground| words(&["plan", "sync"]);
    tried(&Case {
        arrange: a_shared_migration,
        args,
        done: None,
    });
}

#[test]
fn a_report_of_a_field_arrives_once() {
    let args = |ground: &Ground| {
        let id = number(ground);
        words(&["exec", "update-pr-header", &id, "objective_issue=7"])
    };
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
}

fn a_folder() -> Ground {
    let ground = an_issue();
    let ran = ground.run(&words(&["plan", "prepare", &number(&ground)]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ground
}

#[test]
fn a_beginning_is_told_once() {
    let args = |_: &Ground| words(&["exec", "impl-signal", "started", "--session-id", "s"]);
    tried(&Case {
        arrange: a_folder,
        args,
        done: None,
    });
}

#[test]
fn a_session_is_uploaded_once() {
    let arrange = || {
        let ground = an_issue();
        ground.env.repo.write("session.jsonl", "{\"a\": \"b\"}\n");
        ground
    };
    let args = |ground: &Ground| {
        let mut args = words(&["exec", "upload-session", "--session-file", "session.jsonl"]);
        let options = ["--session-id", "s", "--source", "local", "--issue-number"];
        args.extend(words(&options));
        args.push(number(ground));
        args
    };
    tried(&Case {
        arrange,
        args,
        done: None,
    });
}

#[test]
fn a_run_is_recorded_in_its_plan_once() {
    let args = |ground: &Ground| {
        let id = number(ground);
        words(&["exec", "update-dispatch-info", &id, "77", "n", "t"])
    };
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
}

#[test]
fn a_remote_session_is_recorded_in_its_plan_once() {
    let args = |ground: &Ground| {
        let id = number(ground);
        let mut args = words(&["exec", "update-plan-remote-session"]);
        let options = ["--issue-number", &id, "--run-id", "77", "--session-id", "s"];
        args.extend(words(&options));
        args
    };
    tried(&Case {
        arrange: an_issue,
        args,
        done: None,
    });
}
