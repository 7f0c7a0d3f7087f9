//! Commands that talk to GitHub, killed at the calls that write and at each
//! request: the same command again leads where an undisturbed one does.
//!
//! The self-test cannot have these, for it has no GitHub. A share of the points
//! is tried; `PITON_KILL_EVERY=1` tries all of them.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use piton_selftest::trace::{End, SUPPORTED, Verdict, Watch, trace};
use piton_testkit::forge::{Comment, FakeGitHub, Fault, FaultKind, World};
use serde_json::Value;

use crate::env::{Ran, TestEnv};
use crate::shared;
use crate::stored::reach;
use crate::team::Team;
use crate::traffic;
use crate::traffic_stage::{collect, edit, running, state};
use crate::traffic_takeover;

const LIMIT: Duration = Duration::from_secs(60);
/// How many points lie between two that are tried.
const EVERY: usize = 17;

const PLAN: &str = "# Add a cache\n\nPut one in front of the loader.\n\n- [ ] the cache\n";

/// A repository, and the GitHub that it is on.
struct Ground {
    env: TestEnv,
    fake: FakeGitHub,
    reach: fn(&FakeGitHub, Command) -> Command,
}

/// One command, and what comes before it.
struct Case {
    arrange: fn() -> Ground,
    args: fn(&Ground) -> Vec<String>,
    /// What the same command says where everything was done before.
    done: Option<&'static str>,
}

impl Ground {
    fn command(&self, args: &[String]) -> Command {
        (self.reach)(&self.fake, self.env.command(args))
    }

    fn run(&self, args: &[String]) -> Ran {
        self.env.finish(self.command(args).output().unwrap())
    }

    /// Everything that a command is for, without times and names that differ.
    fn world(&self) -> String {
        let name = self.env.path().file_name().unwrap().to_str().unwrap();
        let mut lines = vec![self.fake.world(|world| forge(world, name))];
        files(self.env.path(), self.env.path(), &mut lines);
        lines.push(self.env.repo.subjects().join("\n"));
        lines.push(self.env.repo.git(&["for-each-ref", "--format=%(refname)"]));
        lines.push(self.env.repo.status());
        plain(&lines.join("\n").replace(name, "REPO")) + &self.fake.world(counted)
    }

    /// What must never be left.
    fn left(&self) -> Vec<String> {
        let git = self.env.path().join(".git");
        let mut found = Vec::new();
        every_file(&git, &mut |path| {
            let name = path.strip_prefix(&git).unwrap().display().to_string();
            let of_piton = name.starts_with("piton/");
            let ends = |with: &str| path.extension().is_some_and(|end| end == with);
            let lock = !of_piton && ends("lock");
            let waits = name.starts_with("piton/outbox/") && ends("json");
            if lock || waits || name.starts_with("piton/transactions/") {
                found.push(name);
            }
        });
        every_file(self.env.path(), &mut |path| {
            let name = path.display().to_string();
            if name.contains("piton-tmp") && !path.starts_with(&git) {
                found.push(name);
            }
        });
        found
    }
}

fn forge(world: &World, repository: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (name, repo) in &world.repos {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {} runs", repo.runs.len());
        for (number, issue) in &repo.issues {
            let pull = issue.pull.as_ref();
            let pull = pull.map(|it| format!("{} {} {} {}", it.head, it.base, it.draft, it.merged));
            let _ = writeln!(
                text,
                "{} open: {} labels: {:?} pull: {pull:?}\n{}",
                issue.title, issue.open, issue.labels, issue.body
            );
            let of_it = repo.comments.values().filter(|it| it.issue == *number);
            let mut comments: Vec<String> = of_it
                .map(|it| plain(&it.body.replace(repository, "REPO")))
                .collect();
            // Whoever reports the same once more has one more entry in a log.
            for comment in &mut comments {
                let kept = comment.lines().filter(|line| !line.starts_with("{\"k\":"));
                *comment = kept.collect::<Vec<_>>().join("\n");
            }
            comments.sort();
            let _ = writeln!(text, "{}", comments.join("\n~\n"));
        }
        let _ = writeln!(
            text,
            "{:?} {:?} {:?} {:?} {:?}",
            repo.workflows
                .values()
                .map(|it| &it.state)
                .collect::<Vec<_>>(),
            repo.refs.keys(),
            repo.variables,
            repo.secrets.keys(),
            repo.labels.keys()
        );
    }
    let gists = world.gists.values();
    let mut gists: Vec<String> = gists
        .map(|gist| format!("{} {} {:?}", gist.description, gist.public, gist.files))
        .collect();
    gists.sort();
    text + &gists.join("\n")
}

/// What was counted, to the number: nothing of it may count twice.
fn counted(world: &mut World) -> String {
    let states = world.gists.values().filter_map(|gist| {
        let state: Value = serde_json::from_str(gist.files.get("state.json")?).ok()?;
        let rows = state["dailyHistory"].as_array().map(Vec::len);
        let total = |name: &str| state[name].clone();
        Some(format!(
            "{rows:?} days, {} clones, {} views\n",
            total("totalClones"),
            total("totalViews")
        ))
    });
    states.collect()
}

/// Puts a sign in place of every word with a digit: times, ids, numbers.
fn plain(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.:+".contains(c);
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        let differs = word.chars().any(|c| c.is_ascii_digit());
        out.push_str(if differs { "#" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

fn every_file(dir: &Path, look: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            every_file(&path, look);
        } else {
            look(&path);
        }
    }
}

fn files(top: &Path, dir: &Path, lines: &mut Vec<String>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.ends_with(".git") {
            continue;
        }
        if path.is_dir() {
            files(top, &path, lines);
        } else {
            let name = path.strip_prefix(top).unwrap().display().to_string();
            lines.push(format!(
                "{name}:\n{}",
                String::from_utf8_lossy(&fs::read(&path).unwrap())
            ));
        }
    }
}

/// Kills it at its `n`th call that writes. Returns whether there is one.
fn killed_at_write(ground: &Ground, args: &[String], n: u64) -> bool {
    let root = ground.env.path().canonicalize().unwrap();
    let mut command = ground.command(args);
    let said = fs::File::create(ground.env.home.path().join("said")).unwrap();
    command.stdout(said.try_clone().unwrap()).stderr(said);
    let traced = trace(&mut command, &root, Watch::Writes, LIMIT, &mut |point| {
        if point.number == n {
            Verdict::Kill
        } else {
            Verdict::Go
        }
    });
    traced.unwrap().end == End::Killed
}

/// Kills it when its `n`th request has come: GitHub does what it asks for, and
/// nobody hears of it. Returns whether there is one.
fn killed_at_request(ground: &Ground, args: &[String], n: u32) -> bool {
    let child = Arc::new(Mutex::new(None::<u32>));
    let victim = Arc::clone(&child);
    let kill = move |_: &mut _| loop {
        let group = *victim.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = group {
            let group = format!("-{group}");
            let _ = Command::new("kill").args(["-9", "--", &group]).status();
            return;
        }
        std::thread::yield_now();
    };
    let fault = Fault::new("", "", FaultKind::Before(Box::new(kill))).skip(n);
    ground.fake.fault(fault);
    let said = fs::File::create(ground.env.home.path().join("said")).unwrap();
    let mut running = ground
        .command(args)
        .process_group(0)
        .stdout(said.try_clone().unwrap())
        .stderr(said)
        .spawn()
        .unwrap();
    *child.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.id());
    let ended = running.wait().unwrap();
    ground.fake.clear_faults();
    ended.code().is_none()
}

/// Tries the command undisturbed, and then killed at a share of its points.
fn tried(case: &Case) {
    if !SUPPORTED {
        return;
    }
    let every = std::env::var("PITON_KILL_EVERY").ok();
    let every = every.and_then(|it| it.parse().ok()).unwrap_or(EVERY);
    let ground = (case.arrange)();
    let args = (case.args)(&ground);
    drop(ground.fake.take_log());
    let ran = ground.run(&args);
    assert_eq!(ran.code, 0, "piton {args:?}\n{}", ran.shown());
    let wanted = ground.world();
    let requests = ground.fake.take_log();
    assert_eq!(ground.left(), [""; 0], "undisturbed");
    let mut bad = Vec::new();
    let mut look = |ground: &Ground, args: &[String], at: &str| {
        let said = fs::read_to_string(ground.env.home.path().join("said")).unwrap();
        let again = ground.run(args);
        let is_done = case.done.is_some_and(|done| again.shown().contains(done));
        let mut why = Vec::new();
        if again.code != 0 && !is_done {
            why.push(format!("the same command again: {}", again.shown()));
        }
        let world = ground.world();
        if world != wanted {
            let diff = similar::TextDiff::from_lines(&wanted, &world);
            why.push(diff.unified_diff().context_radius(1).to_string());
        }
        why.extend(
            ground
                .left()
                .into_iter()
                .map(|left| format!("left: {left}")),
        );
        if !why.is_empty() {
            bad.push(format!(
                "killed at {at}, having said {said:?}: {}",
                why.join("; ")
            ));
        }
    };
    for (n, request) in requests.iter().enumerate() {
        // What only reads is like what comes before it.
        if request.starts_with("GET ") && n % every != 0 {
            continue;
        }
        let ground = (case.arrange)();
        let args = (case.args)(&ground);
        drop(ground.fake.take_log());
        if killed_at_request(&ground, &args, u32::try_from(n).unwrap()) {
            look(&ground, &args, &format!("request {n} ({request})"));
        }
    }
    let mut point = 1 + every / 2;
    loop {
        let ground = (case.arrange)();
        let args = (case.args)(&ground);
        if !killed_at_write(&ground, &args, u64::try_from(point).unwrap()) {
            break;
        }
        look(&ground, &args, &format!("write {point}"));
        point += every;
    }
    assert!(point > every, "it writes nothing");
    assert!(bad.is_empty(), "{} bad:\n{}", bad.len(), bad.join("\n\n"));
}

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|&word| word.to_owned()).collect()
}

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

fn tracked((env, fake): (TestEnv, FakeGitHub)) -> Ground {
    Ground {
        env,
        fake,
        reach: |fake, mut command| {
            command
                .env("GITHUB_API_URL", fake.address())
                .env("GH_TOKEN", "ghp_owner")
                .env("GT", "ghp_collector")
                .env("PITON_CI_INSTALL", "0.1.0");
            command
        },
    }
}

fn a_repository_to_track() -> Ground {
    tracked((TestEnv::new(), traffic::fake()))
}

#[test]
fn traffic_tracking_is_set_up_once() {
    let args = |_: &Ground| words(&traffic::CREATE);
    tried(&Case {
        arrange: a_repository_to_track,
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

fn a_tracked_repository() -> Ground {
    let ground = a_repository_to_track();
    let ran = ground.run(&words(&traffic::CREATE));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ground
}

#[test]
fn traffic_tracking_is_taken_away_whole() {
    let args = |_: &Ground| words(&["traffic", "remove", "--repo", "acme/widget", "-y"]);
    tried(&Case {
        arrange: a_tracked_repository,
        args,
        done: None,
    });
}

#[test]
fn every_day_is_collected_once() {
    let args = |ground: &Ground| {
        let ids = ground.fake.world(|world| {
            let of = |public| {
                let mut gists = world.gists.iter();
                gists
                    .find(|(_, gist)| gist.public == public)
                    .unwrap()
                    .0
                    .clone()
            };
            (of(true), of(false))
        });
        let mut args = words(&["traffic", "collect", "--repository", "acme/widget"]);
        args.extend(words(&["--badge-gist", &ids.0, "--archive-gist", &ids.1]));
        args
    };
    tried(&Case {
        arrange: || tracked(running()),
        args,
        done: None,
    });
}

/// A state that lacks a day, and a column of another.
fn a_state_with_holes() -> Ground {
    let (env, fake) = running();
    collect(&env, &fake);
    let mut holes = state(&fake);
    let rows = holes["dailyHistory"].as_array_mut().unwrap();
    rows.remove(3);
    rows[5].as_object_mut().unwrap().remove("uniqueViews");
    edit(&fake, "state.json", &holes.to_string());
    tracked((env, fake))
}

#[test]
fn holes_are_filled_in_once() {
    let args = |_: &Ground| words(&["traffic", "backfill"]);
    tried(&Case {
        arrange: a_state_with_holes,
        args,
        done: None,
    });
}

#[test]
fn an_older_set_up_is_brought_up_to_date_once() {
    let args = |_: &Ground| words(&["traffic", "upgrade", "--force"]);
    tried(&Case {
        arrange: || tracked(traffic_takeover::set_up("0.3.10")),
        args,
        done: None,
    });
}

/// A set-up of which a variable, a file, a badge and the schedule are gone.
fn a_broken_set_up() -> Ground {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.variables.remove("TRAFFIC_GIST_ID");
        let workflow = repo.workflows.get_mut("traffic-badges.yml").unwrap();
        "disabled_inactivity".clone_into(&mut workflow.state);
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        gist.files.remove("clones.json");
        "acme/widget traffic badges".clone_into(&mut gist.description);
    });
    fs::remove_file(env.path().join("docs/stats/README.md")).unwrap();
    tracked((env, fake))
}

#[test]
fn a_broken_set_up_is_mended_whole() {
    let args = |_: &Ground| words(&["traffic", "verify", "--fix", "--force"]);
    tried(&Case {
        arrange: a_broken_set_up,
        args,
        done: None,
    });
}
