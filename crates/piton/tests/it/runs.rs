//! `piton runs` and `piton prompt`, before any agent was called; old records.

use std::sync::atomic::{AtomicI64, Ordering};

use piton_base::Clock;
use piton_durable::{Holder, Lock, RealDisk};
use piton_loop::runs::{
    CallOutcome, CallVerdict, Event, FinalStatus, RunId, RunRecord, RunSummary,
};
use piton_testkit::Replies;

use crate::env::TestEnv;

#[test]
fn without_a_run_the_list_is_empty_and_showing_one_is_a_usage_error() {
    let env = TestEnv::new();
    assert_eq!(env.ok(&["runs", "list", "--no-headers"]).stdout, "");
    let headers = env.ok(&["runs", "list"]).stdout;
    assert_eq!(
        headers,
        "run\tstatus\tstarted\tcalls\ttokens\tcost\tcommand\n"
    );
    let ran = env.run(&["runs", "show"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("no agent was called here yet"));
}

#[test]
fn a_record_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::planned(7);
    let script = Replies::new().carries_out("// more\n");
    let mut arguments = crate::stage::strings(&["run", "--focus-on-live-migrations"]);
    arguments.extend(env.script("carries", &script));
    arguments.extend(crate::stage::strings(&["--validation-command", "true"]));
    let _ = env.ok(&arguments);
    let runs = env.path().join(".git/piton/runs");
    let (mut left, mut prompts, mut outputs) = (vec![runs.clone()], 0, 0);
    while let Some(path) = left.pop() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            left.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            if path.parent() == Some(&runs) {
                let mode = path.metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o700, "{}", path.display());
            }
            continue;
        }
        prompts += usize::from(name == "prompt.md");
        outputs += usize::from(path.extension().is_some_and(|end| end == "log"));
        let meta = path.metadata().unwrap();
        // The file of a lock holds nothing.
        let mode = meta.permissions().mode() & 0o777;
        assert!(
            mode == 0o600 || meta.len() == 0,
            "{}: {mode:o}",
            path.display()
        );
    }
    assert!(prompts > 3 && outputs > 0, "{prompts} {outputs}");
}

#[test]
fn a_role_s_prompt_is_shown_and_a_repository_s_own_takes_its_place() {
    let env = TestEnv::new();
    let shown = env.ok(&["prompt", "show", "final-review"]);
    assert!(shown.stdout.contains("final-decision: <approve-auto"));
    env.repo.write(
        ".piton/prompts/final-review.md.j2",
        "Decide about {{ slug }}.\n",
    );
    let shown = env.ok(&["prompt", "show", "final-review"]);
    assert_eq!(shown.stdout, "Decide about {{ slug }}.\n");
    assert!(
        shown
            .stderr
            .contains("$REPO/.piton/prompts/final-review.md.j2"),
        "{}",
        shown.stderr
    );
}

#[test]
fn a_prompt_that_is_not_there_or_cannot_be_read_is_a_usage_error() {
    let env = TestEnv::new();
    let ran = env.run(&["prompt", "show", "exapnd"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("pick-best, expand, review"),
        "{}",
        ran.stderr
    );
    env.repo.write(".piton/prompts/expand.md.j2", "{% if %}\n");
    let ran = env.run(&["prompt", "list"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("expand.md.j2, line 1"),
        "{}",
        ran.stderr
    );
}

/// Records a run as a command does; it lives until it is dropped.
fn record<'d>(
    env: &TestEnv,
    clock: &'d RunClock,
    status: Option<FinalStatus>,
) -> (RunId, Option<RunRecord<'d>>) {
    let runs = env.path().join(".git/piton/runs");
    let holder = Holder {
        pid: std::process::id(),
        host: "here".into(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".into(),
    };
    let mut summary = RunSummary::new("migration step add-api", "/r");
    summary.agent = Some("fake".into());
    let record = RunRecord::begin(
        &RealDisk,
        clock,
        &runs,
        &holder,
        &piton_base::Untold,
        summary,
    )
    .unwrap();
    let files = record.call("planning.expand").unwrap().files;
    let verdict = CallVerdict {
        schema_version: 1,
        role: "planning.expand".into(),
        effort_asked: Some("high".into()),
        effort_given: Some("low".into()),
        outcome: CallOutcome::Accepted,
        summary: "three phases".into(),
    };
    record.verdict(&files, &verdict).unwrap();
    let id = record.id().clone();
    match status {
        None => (id, Some(record)),
        Some(FinalStatus::Running) => {
            drop(record);
            (id, None)
        }
        Some(status) => {
            record.finish(status, None, None).unwrap();
            (id, None)
        }
    }
}

/// One second later each time it is asked.
#[derive(Debug, Default)]
struct RunClock(AtomicI64);

impl Clock for RunClock {
    fn now(&self) -> jiff::Timestamp {
        let second = self.0.fetch_add(1, Ordering::SeqCst);
        let start: jiff::Timestamp = "2026-05-13T23:00:00Z".parse().unwrap();
        start + jiff::SignedDuration::from_secs(second)
    }
}

#[test]
fn old_records_go_and_a_run_under_way_is_never_removed() {
    let env = TestEnv::new();
    let clock = RunClock::default();
    let (live, guard) = record(&env, &clock, None);
    let (killed, _) = record(&env, &clock, Some(FinalStatus::Running));
    let (done, _) = record(&env, &clock, Some(FinalStatus::Completed));
    let there = |id: &RunId| env.repo.exists(&format!(".git/piton/runs/{id}"));
    let listed = env.ok(&["runs", "list"]).stdout;
    for (id, status) in [
        (&live, "running"),
        (&killed, "killed"),
        (&done, "completed"),
    ] {
        assert!(listed.contains(&format!("{id}\t{status}\t")), "{listed}");
    }
    let shown = env.ok(&["runs", "show", done.as_str()]).stdout;
    assert!(shown.contains("low (asked for high)"), "{shown}");

    let before = env.world();
    let dry = env
        .ok(&["runs", "prune", "--keep", "1", "--dry-run", "--json"])
        .json();
    assert_eq!(
        dry["order"],
        serde_json::json!([format!("run:delete:{killed}")])
    );
    assert_eq!(env.world(), before);
    let _ = env.ok(&["runs", "prune", "--keep", "1", "-y"]);
    assert_eq!(
        [there(&live), there(&killed), there(&done)],
        [true, false, true]
    );

    env.repo.write("piton.toml", "[runs]\nkeep = 0\n");
    let _ = env.ok(&["runs", "prune", "-y"]);
    assert_eq!([there(&live), there(&done)], [true, false]);
    drop(guard);
    let _ = env.ok(&["runs", "prune", "-y"]);
    assert!(!there(&live));
    let again = env.ok(&["runs", "prune", "-y"]);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
}

#[test]
fn a_run_that_came_to_life_since_the_plan_makes_it_stale() {
    let env = TestEnv::new();
    let clock = RunClock::default();
    let (id, guard) = record(&env, &clock, None);
    drop(guard);
    let _ = env.ok(&["runs", "prune", "--keep", "0", "--plan-out", "plan.json"]);
    let lock = Lock::at(env.path().join(format!(".git/piton/runs/{id}.live")));
    let holder = Holder {
        pid: 1,
        host: "here".into(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".into(),
    };
    let _living = lock.acquire(&holder, std::time::Duration::ZERO).unwrap();
    let ran = env.run(&["apply", "plan.json"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(env.repo.exists(&format!(".git/piton/runs/{id}")));
}

#[test]
fn limits_that_are_none_are_usage_errors() {
    let env = TestEnv::new();
    for (flag, value) in [("--keep", "many"), ("--keep-for", "30")] {
        let ran = env.run(&["runs", "prune", flag, value]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(flag), "{}", ran.stderr);
    }
}

#[test]
fn a_run_of_another_process_is_followed_to_its_end() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;

    let env = TestEnv::new();
    let clock = RunClock::default();
    let (id, run) = record(&env, &clock, None);
    let run = run.unwrap();
    let note = |text: &str| run.event(Event::Noted { text: text.into() }).unwrap();
    note("written before");
    let mut child = env
        .command(&["runs", "show", "--follow"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    assert_eq!(line, "  written before\n");
    note("written meanwhile");
    line.clear();
    told.read_line(&mut line).unwrap();
    assert_eq!(line, "  written meanwhile\n");
    run.finish(FinalStatus::Completed, None, None).unwrap();
    drop(run);
    assert!(child.wait().unwrap().success());
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains(&format!("run {id} ended: completed")),
        "{rest}"
    );

    let ran = env.run(&["runs", "show", "--follow", "--json"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

/// The ids of the journals that there are, with their states.
fn journals(env: &TestEnv) -> Vec<(String, String)> {
    let shown = env.ok(&["journal", "list", "--json"]).json();
    let all = shown["journals"].as_array().unwrap().iter();
    let word = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
    all.map(|one| (word(one, "command"), word(one, "status")))
        .collect()
}

#[test]
fn journals_go_as_records_do_and_the_last_removal_leaves_nothing_to_do() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "-y"]);
    let _ = env.ok(&["config", "set", "runs.keep", "7"]);
    assert_eq!(journals(&env).len(), 2);
    let ran = env.ok(&["runs", "prune", "--keep", "1", "-y"]);
    assert!(ran.stdout.contains("1 delete"), "{}", ran.stdout);
    let left = journals(&env);
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(left[0].0, "runs prune");
    assert!(left[1].0.starts_with("config set"), "{left:?}");
    let ran = env.ok(&["runs", "prune", "--keep", "1", "--dry-run", "--exit-code"]);
    assert!(ran.stdout.contains("nothing"), "{}", ran.stdout);
}

#[test]
fn a_call_that_failed_is_over_and_nothing_is_left_to_go_on_with() {
    let env = TestEnv::staged();
    let _ = env.ok(&["migration", "new", "add-api", "--target", "x"]);
    let ran = env.run(&[
        "migration",
        "step",
        "add-api",
        "--with",
        "command",
        "--agent-command",
        "false",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let (command, status) = journals(&env).remove(0);
    assert_eq!(command, "migration step add-api");
    assert_eq!(status, "failed");
    let ran = env.run(&["journal", "resume"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stderr.contains("there is no journal to go on with"),
        "{}",
        ran.stderr
    );
}
