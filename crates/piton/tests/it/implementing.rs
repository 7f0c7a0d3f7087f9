//! Stored plans that are carried out where something is amiss.

use piton_testkit::Replies;
use piton_testkit::forge::{Fault, FaultKind};

use crate::team::{PLAN, Team};

/// One whose agent does the work.
fn team() -> Team {
    Team::new("github-issue", &Replies::new().cleans_up("cache\n"))
}

#[test]
fn a_plan_that_was_changed_after_it_was_dispatched_is_refused() {
    let team = team();
    let id = team.create(PLAN);
    let _ = team.ok(&["plan", "dispatch", &id]);
    let digest = team.fake.world(|world| {
        let runs = &world.repo("acme/app").runs;
        runs.values().next().unwrap().inputs["digest"].clone()
    });
    team.env
        .repo
        .write("plan.md", "# Add a cache\n\nAnd print the key.\n");
    let _ = team.ok(&["plan", "update", &id, "--text", "plan.md"]);
    let before = team.header(&id);
    let ran = team.run(&[
        "plan",
        "implement",
        &id,
        "--digest",
        &digest,
        "--with",
        "script",
    ]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(
        ran.stderr.contains("changed after it was dispatched"),
        "{}",
        ran.stderr
    );
    assert_eq!(team.header(&id), before);
    assert_eq!(team.env.repo.git(&["branch", "--list", "P*"]), "");
}

#[test]
fn what_a_stranger_wrote_is_neither_dispatched_nor_carried_out() {
    let team = team();
    let id = team.create(PLAN);
    let number: u64 = id.parse().unwrap();
    // The plan's own comment goes, and a stranger leaves one like it.
    team.fake.world(|world| {
        let repo = world.repo("acme/app");
        for comment in repo.comments.values_mut().filter(|it| it.issue == number) {
            comment.user = "mallory".to_owned();
            comment.association = "NONE".to_owned();
        }
    });
    for args in [
        &["plan", "dispatch", &id][..],
        &["plan", "implement", &id, "--with", "script"][..],
    ] {
        let ran = team.run(args);
        assert_eq!(ran.code, 3, "{}", ran.shown());
        assert!(ran.stderr.contains("mallory"), "{}", ran.stderr);
    }
    let runs = team.fake.world(|world| world.repo("acme/app").runs.len());
    assert_eq!(runs, 0);
}

#[test]
fn work_that_fails_is_told_as_ended_and_a_dry_run_tells_nothing() {
    let team = Team::new("github-issue", &Replies::new().cleans_up("BROKEN\n"));
    let id = team.create(PLAN);
    let args = [
        "plan",
        "implement",
        &id,
        "--with",
        "script",
        "--max-attempts",
        "1",
    ];
    let before = team.env.world();
    let shown = team.ok(&[&args[..], &["--dry-run"]].concat());
    assert!(shown.stdout.contains("begun at"), "{}", shown.stdout);
    let touched = team.env.world().files_changed_since(&before);
    assert!(touched.is_empty(), "{touched:?}");
    let ran = team.run(&args);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let header = team.header(&id);
    assert_eq!(header["last_local_impl_event"], "ended", "{header}");
    assert_eq!(team.env.repo.status(), "");
    let told = team.ok(&["plan", "show", &id, "--json"]).json();
    assert_eq!(told["state"], "open");
}

#[test]
fn without_a_network_work_goes_on_and_is_told_later() {
    let team = team();
    let id = team.create(PLAN);
    // Reading works, writing does not.
    team.fake
        .fault(Fault::new("PATCH", "", FaultKind::Drop).times(u32::MAX));
    team.fake
        .fault(Fault::new("POST", "/comments", FaultKind::Drop).times(u32::MAX));
    let ran = team.run(&["plan", "implement", &id, "--with", "script"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stderr.contains("waits in the outbox"), "{}", ran.stderr);
    team.fake.clear_faults();
    let _ = team.ok(&["plan", "comment", &id, "--text", "hello"]);
    let header = team.header(&id);
    assert_eq!(header["last_local_impl_event"], "ended", "{header}");
}

#[test]
fn a_run_that_the_server_does_not_tell_of_is_found_by_its_mark() {
    let team = team();
    team.fake.world(|world| world.run_details = false);
    let id = team.create(PLAN);
    let _ = team.ok(&["plan", "dispatch", &id]);
    let run = team.fake.world(|world| {
        let runs = &world.repo("acme/app").runs;
        *runs.keys().next().unwrap()
    });
    assert_eq!(team.header(&id)["last_dispatched_run_id"], run.to_string());
    // One that somebody else started is recorded by its number.
    let other = team.create("# Another\n\nPlan.\n");
    let run = run.to_string();
    let _ = team.ok(&["plan", "dispatch", &other, "--run", &run]);
    assert_eq!(team.header(&other)["last_dispatched_run_id"], run);
    let ran = team.run(&["plan", "dispatch", &other, "--run", "5"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
}

#[test]
fn a_plan_that_is_kept_elsewhere_says_which_code_it_is_about() {
    let team = team();
    team.fake.world(|world| {
        let _ = world.add_repo("acme/plans", jiff::Timestamp::now());
    });
    let mut settings = team.env.repo.read("piton.toml");
    settings.insert_str(0, "plans.repository = \"acme/plans\"\n");
    team.env.repo.write("piton.toml", &settings);
    let id = team.create(PLAN);
    assert_eq!(team.header(&id)["source_repo"], "acme/app");
    let _ = team.ok(&["plan", "update", &id, "--patch", r#"{"branch_name": "b"}"#]);
    team.fake.world(|world| {
        world
            .repo("acme/app")
            .commit_files("b", "work", &[("x", "x")]);
    });
    let _ = team.ok(&["plan", "submit", &id]);
    let body = team.fake.world(|world| {
        let issues = &world.repo("acme/app").issues;
        issues.values().next().unwrap().body.clone()
    });
    assert!(body.contains(&format!("Closes acme/plans#{id}")), "{body}");
}

#[test]
fn what_was_accepted_and_could_not_land_lands_with_the_next_call() {
    let team = team();
    let id = team.create(PLAN);
    let _ = team.ok(&[
        "plan",
        "update",
        &id,
        "--patch",
        r#"{"branch_name": "work"}"#,
    ]);
    team.env.repo.git(&["switch", "-q", "-c", "work"]);
    // A change of the user's is in the way.
    team.env.repo.write("src/lib.rs", "mine\n");
    let args = ["plan", "implement", &id, "--with", "script"];
    let ran = team.run(&args);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert_eq!(team.header(&id)["last_local_impl_event"], "ended");
    team.env.repo.git(&["checkout", "-q", "src/lib.rs"]);
    let ran = team.ok(&args);
    assert!(ran.stdout.contains("landed"), "{}", ran.shown());
    assert_eq!(team.env.repo.read("src/lib.rs"), "fine\ncache\n");
    let runs = team.ok(&["runs", "list", "--json"]).json();
    let calls = &runs["runs"][0]["summary"]["counts"]["calls"];
    assert_eq!(calls, 0, "no agent was asked again: {runs}");
    assert_eq!(team.header(&id)["last_local_impl_event"], "ended");
}

#[test]
fn what_only_told_what_to_do_does_not_stay_on_the_branch() {
    let team = team();
    let id = team.create(PLAN);
    let patch = r#"{"branch_name": "work"}"#;
    let _ = team.ok(&["plan", "update", &id, "--patch", patch]);
    let repo = &team.env.repo;
    repo.git(&["switch", "-q", "-c", "work"]);
    repo.write(".erk/impl-context/plan.md", PLAN);
    repo.write(".erk/impl-context/ref.json", "{}");
    repo.write(".erk/notes.md", "of ours\n");
    repo.commit_all("Add plan");
    repo.git(&["switch", "-q", "main"]);
    let _ = team.ok(&["plan", "implement", &id, "--with", "script"]);
    let files = repo.git(&["ls-tree", "-r", "--name-only", "work"]);
    assert!(!files.contains("impl-context"), "{files}");
    assert!(files.contains(".erk/notes.md"), "{files}");
    let lib = repo.git(&["show", "work:src/lib.rs"]);
    assert_eq!(lib.trim(), "fine\ncache");
    let commits = repo.git(&["rev-list", "--count", "main..work"]);
    assert_eq!(commits.trim(), "2", "one commit for the plan");
}

#[test]
fn a_draft_whose_branch_was_not_fetched_is_not_carried_out_beside_it() {
    let team = Team::new("github-draft-pr", &Replies::new().cleans_up("cache\n"));
    let id = team.create(PLAN);
    let implement = ["plan", "implement", &id, "--with", "script"];
    let ran = team.run(&implement);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("git fetch origin"), "{}", ran.stderr);
    assert!(!team.env.repo.exists(".git/piton/runs"), "{}", ran.shown());
    let branch = team.ok(&["plan", "show", &id, "--branch"]).stdout;
    team.env.repo.git(&["branch", branch.trim()]);
    let _ = team.ok(&implement);
}

#[test]
fn a_branch_is_not_submitted_to_itself() {
    let team = team();
    let id = team.create(PLAN);
    let patch = r#"{"branch_name": "main"}"#;
    let _ = team.ok(&["plan", "update", &id, "--patch", patch]);
    for more in [&[][..], &["--dry-run"]] {
        let ran = team.run(&[&["plan", "submit", &id][..], more].concat());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stderr.contains("would be merged"), "{}", ran.stderr);
        assert!(ran.stderr.contains("names another"), "{}", ran.stderr);
    }
    let issues = team.fake.world(|world| world.repo("acme/app").issues.len());
    assert_eq!(issues, 1, "no pull request");
}

#[test]
fn a_branch_that_was_not_pushed_is_not_submitted() {
    let team = team();
    let id = team.create(PLAN);
    let patch = r#"{"branch_name": "plnd/x"}"#;
    let _ = team.ok(&["plan", "update", &id, "--patch", patch]);
    for more in [&["--dry-run"][..], &[]] {
        let ran = team.run(&[&["plan", "submit", &id][..], more].concat());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        let told = "acme/app has no branch `plnd/x`";
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        let told = "`git push origin plnd/x`";
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
}
