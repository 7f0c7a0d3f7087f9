//! Stored plans, and what is said about them, on a disk that fails.

use piton_selftest::trace::{Fault, SUPPORTED, Verdict, Watch};

use crate::env::TestEnv;
use crate::stage::SLUG;
use crate::struck::{failed_at, names, said, struck_at};

/// A repository with the plan `tidy` in it.
fn tidy() -> TestEnv {
    let env = TestEnv::planned(0);
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.txt", "Tidy it up.\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", "Tidy"]);
    env
}

/// A shared migration that a maintainer rejected in a comment on its plan.
fn rejected() -> (TestEnv, String) {
    let env = TestEnv::planned(0);
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    let _ = env.ok(&["migration", "share", SLUG]);
    let listed = env.ok(&["plan", "list", "--json"]).json();
    let plan = listed["plans"][0]["id"].as_str().unwrap().to_owned();
    let _ = env.ok(&["plan", "comment", &plan, "--text", "/piton reject no"]);
    (env, plan)
}

#[test]
fn what_a_maintainer_said_is_not_answered_because_a_disk_failed() {
    if !SUPPORTED {
        return;
    }
    let (env, _) = rejected();
    let mut hit = false;
    let _ = struck_at(&env, Watch::Opens, &["plan", "sync"], &mut |point| {
        let reads = !point.writes && point.path.ends_with(format!("{SLUG}/.planning"));
        hit = hit || reads;
        if reads {
            Verdict::Fail(Fault::InputOutput)
        } else {
            Verdict::Go
        }
    });
    assert!(hit, "{}", said(&env));
    let ran = env.ok(&["plan", "sync"]);
    assert!(ran.shown().contains("rejected"), "{}", ran.shown());
    assert_eq!(env.show(SLUG)["status"], "skipped");
}

#[test]
fn an_answer_that_the_disk_kept_from_its_plan_is_given_by_the_next_sync() {
    if !SUPPORTED {
        return;
    }
    let (env, plan) = rejected();
    let comments = env.path().canonicalize().unwrap();
    let comments = comments.join("plans").join(&plan).join("comments");
    let answer = || {
        let files = std::fs::read_dir(&comments).unwrap().flatten();
        let texts = files.map(|file| std::fs::read_to_string(file.path()).unwrap());
        texts.filter(|text| text.contains("piton has read")).count()
    };
    let is_rejected = || {
        let manifest = format!("migrations/{SLUG}/manifest.json");
        env.repo.read(&manifest).contains("skipped")
    };
    let _ = struck_at(&env, Watch::Opens, &["plan", "sync"], &mut |point| {
        if point.path == comments.join("0001.md") && is_rejected() {
            Verdict::Fail(Fault::InputOutput)
        } else {
            Verdict::Go
        }
    });
    assert_eq!(env.show(SLUG)["status"], "skipped", "{}", said(&env));
    assert_eq!(answer(), 0, "{}", said(&env));
    let _ = env.ok(&["plan", "sync", "--dry-run"]);
    assert_eq!(answer(), 0);
    let ran = env.ok(&["plan", "sync"]);
    assert_eq!(answer(), 1, "{}", ran.shown());
}

#[test]
fn a_report_that_the_disk_kept_from_its_plan_waits() {
    if !SUPPORTED {
        return;
    }
    let env = tidy();
    for report in ["objective_issue=7", "learn_status=pending"] {
        let header = ["exec", "update-pr-header", "tidy", report];
        let _ = failed_at(&env, &header, |point| names(point, "plan.md"));
    }
    let _ = env.ok(&["exec", "update-pr-header", "tidy", "branch_name=b"]);
    let plan = env.repo.read("plans/tidy/plan.md");
    for told in [
        "objective_issue: 7",
        "learn_status: pending",
        "branch_name: b",
    ] {
        assert!(plan.contains(told), "{told}: {plan}");
    }
    let outbox = std::fs::read_dir(env.path().join(".git/piton/outbox"));
    let left = outbox.unwrap().flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name != "lock").collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn a_report_that_the_disk_does_not_give_back_waits_and_is_sent_later() {
    if !SUPPORTED {
        return;
    }
    let env = tidy();
    let header = ["exec", "update-pr-header", "tidy", "objective_issue=7"];
    let _ = failed_at(&env, &header, |point| names(point, "plan.md"));
    let waiting = || {
        let entries = std::fs::read_dir(env.path().join(".git/piton/outbox")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.filter(|name| name != "lock").collect();
        names.sort();
        names
    };
    let before = waiting();
    assert_eq!(before.len(), 1);
    let mut hit = false;
    let header = ["exec", "update-pr-header", "tidy", "branch_name=b"];
    let _ = struck_at(&env, Watch::Opens, &header, &mut |point| {
        let reads = !point.writes && point.path.ends_with(&before[0]);
        hit = hit || reads;
        if reads {
            Verdict::Fail(Fault::InputOutput)
        } else {
            Verdict::Go
        }
    });
    assert!(hit, "{}", said(&env));
    assert_eq!(waiting()[0], before[0], "{}", said(&env));
    let _ = env.ok(&["exec", "update-pr-header", "tidy", "learn_status=pending"]);
    let plan = env.repo.read("plans/tidy/plan.md");
    for told in [
        "objective_issue: 7",
        "learn_status: pending",
        "branch_name: b",
    ] {
        assert!(plan.contains(told), "{told}: {plan}");
    }
    assert_eq!(waiting(), [""; 0]);
}

#[test]
fn what_was_said_about_a_migration_whose_notes_cannot_be_read_is_said_not_to_be_looked_at() {
    let (env, plan) = rejected();
    let notes = format!("migrations/{SLUG}/.planning/piton.json");
    let whole = env.repo.read(&notes);
    env.repo.write(&notes, "{");
    let ran = env.run(&["plan", "sync"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr
            .contains(&format!("comments about {SLUG} were not read")),
        "{}",
        ran.shown()
    );
    assert!(!ran.shown().contains("no new comments"), "{}", ran.shown());
    // Nobody can tell either whether the plan is a migration already.
    let ran = env.run(&["migration", "import", &plan]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("could not tell"), "{}", ran.shown());
    env.repo.write(&notes, &whole);
    let ran = env.ok(&["plan", "sync"]);
    assert!(ran.shown().contains("rejected"), "{}", ran.shown());
}

#[test]
fn a_report_does_not_overtake_others_that_cannot_be_listed() {
    if !SUPPORTED {
        return;
    }
    let env = tidy();
    let report = |what: &'static str| ["exec", "update-pr-header", "tidy", what];
    let _ = failed_at(&env, &report("learn_status=pending"), |point| {
        names(point, "plan.md")
    });
    let outbox = env.path().canonicalize().unwrap().join(".git/piton/outbox");
    let mut opens = 0;
    loop {
        // Whichever time the outbox is looked at.
        let mut seen = 0;
        let mut hit = false;
        let meant = report("learn_status=completed_no_plan");
        let _ = struck_at(&env, Watch::Opens, &meant, &mut |point| {
            seen += u32::from(!point.writes && point.path == outbox);
            if hit || seen <= opens || point.path != outbox {
                return Verdict::Go;
            }
            hit = true;
            Verdict::Fail(Fault::InputOutput)
        });
        // One that is said to have failed is given again by whoever gave it.
        let told = said(&env);
        let _ = env.ok(&report("branch_name=b"));
        let plan = env.repo.read("plans/tidy/plan.md");
        let is_last = plan.contains("learn_status: completed_no_plan");
        let failed = told.contains("\"success\": false");
        assert!(is_last || failed, "{opens}: {told}\n{plan}");
        if !hit {
            break;
        }
        let _ = failed_at(&env, &report("learn_status=pending"), |point| {
            names(point, "plan.md")
        });
        opens += 1;
    }
    assert!(opens > 0, "nobody looks into it");
}

#[test]
fn a_work_folder_that_cannot_be_read_is_not_passed_over_for_another_plan() {
    let env = tidy();
    // What the branch says is another matter.
    let _ = env.ok(&["exec", "update-pr-header", "tidy", "branch_name=main"]);
    let _ = env.ok(&["plan", "show"]);
    env.repo.write(".impl/plan-ref.json", "{");
    let ran = env.run(&["plan", "close"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.contains("plan-ref.json cannot be read"),
        "{}",
        ran.shown()
    );
    let ran = env.ok(&["plan", "close", "tidy"]);
    assert!(
        env.repo.read("plans/tidy/plan.json").contains("closed"),
        "{}",
        ran.shown()
    );
}
