//! Where a step may land, and answers that wait until they can be published.

use crate::env::{Ran, TestEnv};
use crate::stage::{SLUG, strings};

mod in_the_middle;
mod of_plans;
mod of_runs;

/// Returns the arguments for an agent that notes its calls and does `between`.
fn counted(env: &TestEnv, between: &str) -> Vec<String> {
    let calls = env.home.path().join("calls");
    env.shell_agent(&format!("echo called >>{}; {between}", calls.display()))
}

/// How often the agent was called; it notes every call twice.
fn calls(env: &TestEnv) -> usize {
    let calls = env.home.path().join("calls");
    std::fs::read_to_string(calls)
        .unwrap_or_default()
        .lines()
        .count()
        / 2
}

/// Requires that the first answer is published by the same command, without
/// another call.
fn published_without_a_call(env: &TestEnv, refused: &Ran) {
    let shown = refused.shown();
    assert!(
        shown.contains("publishes it without a new call"),
        "the hint is missing: {shown}"
    );
    assert_eq!(calls(env), 1, "{shown}");
    assert_eq!(env.cursor(), "approaches", "{shown}");
    let ran = env.step(&counted(env, ""));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(calls(env), 1, "it was called again: {}", ran.shown());
    assert_eq!(env.cursor(), "pick-best");
    env.assert_in_order();
    let left = env.path().join(".git/piton/work/candidates");
    assert_eq!(std::fs::read_dir(left).unwrap().count(), 0);
    let next = env.step(&counted(env, ""));
    assert_eq!((next.code, calls(env)), (0, 2), "{}", next.shown());
}

#[test]
fn an_answer_that_a_hook_refused_waits_and_is_published_without_a_new_call() {
    let env = TestEnv::planned(0);
    env.repo
        .hook("pre-commit", "#!/bin/sh\necho not today >&2\nexit 1\n");
    let refused = env.step(&counted(&env, ""));
    assert_eq!(refused.code, 1, "{}", refused.shown());
    assert!(refused.shown().contains("not today"), "{}", refused.shown());
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    published_without_a_call(&env, &refused);
}

#[test]
fn an_answer_whose_files_a_power_cut_took_is_published_from_its_copy() {
    let env = TestEnv::planned(0);
    let lock = env.path().join(".git/index.lock");
    env.repo.write(".git/index.lock", "");
    let held = std::fs::File::open(&lock).unwrap();
    let refused = env.step(&counted(&env, ""));
    assert_eq!(refused.code, 1, "{}", refused.shown());
    drop(held);
    std::fs::remove_file(lock).unwrap();
    // What was not synced may be there with nothing in it, or be gone.
    let candidates = env.path().join(".git/piton/work/candidates");
    let run = std::fs::read_dir(candidates).unwrap().next().unwrap();
    let candidate = run.unwrap().path().join(SLUG);
    std::fs::write(candidate.join("manifest.json"), "").unwrap();
    std::fs::remove_dir_all(candidate.join("approaches")).unwrap();
    published_without_a_call(&env, &refused);
}

#[test]
fn an_answer_that_a_lock_kept_from_being_published_waits() {
    let env = TestEnv::planned(0);
    let lock = env.path().join(".git/index.lock");
    env.repo.write(".git/index.lock", "");
    let held = std::fs::File::open(&lock).unwrap();
    let refused = env.step(&counted(&env, ""));
    assert_eq!(refused.code, 1, "{}", refused.shown());
    drop(held);
    std::fs::remove_file(lock).unwrap();
    published_without_a_call(&env, &refused);
}

/// Saves the next step as a plan. Returns the file.
fn saved(env: &TestEnv, between: &str) -> String {
    let _ = env.ok(&["config", "set", "seal", "off"]);
    env.repo.commit_all("no seal");
    let file = env.home.path().join("plan.json").display().to_string();
    let ran = env.step(&[counted(env, between), strings(&["--plan-out", &file])].concat());
    assert_eq!((ran.code, calls(env)), (0, 0), "{}", ran.shown());
    file
}

#[test]
fn a_saved_step_whose_answer_a_hook_refused_is_published_by_applying_it_again() {
    let env = TestEnv::planned(0);
    let plan = saved(&env, "");
    env.repo
        .hook("pre-commit", "#!/bin/sh\necho not today >&2\nexit 1\n");
    let refused = env.run(&["apply", &plan]);
    assert_eq!(refused.code, 1, "{}", refused.shown());
    let told = "/plan.json` publishes it without a new call";
    assert!(refused.shown().contains(told), "{}", refused.shown());
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let ran = env.run(&["apply", &plan]);
    assert_eq!((ran.code, calls(&env)), (0, 1), "{}", ran.shown());
    assert_eq!(env.cursor(), "pick-best");
    env.assert_in_order();
    let once_more = env.run(&["apply", &plan]);
    assert_eq!(
        (once_more.code, calls(&env)),
        (5, 1),
        "{}",
        once_more.shown()
    );
}

#[test]
fn a_saved_step_whose_agent_failed_is_applied_again() {
    let env = TestEnv::planned(0);
    let fails = env.home.path().join("fails");
    std::fs::write(&fails, "").unwrap();
    let plan = saved(&env, &format!("test ! -e {} || exit 1", fails.display()));
    let failed = env.run(&["apply", &plan]);
    assert_eq!(failed.code, 1, "{}", failed.shown());
    assert!(
        failed.shown().contains("then run again"),
        "{}",
        failed.shown()
    );
    std::fs::remove_file(&fails).unwrap();
    let ran = env.run(&["apply", &plan]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(env.cursor(), "pick-best");
    env.assert_in_order();
    let once_more = env.run(&["apply", &plan]);
    assert_eq!(once_more.code, 5, "{}", once_more.shown());
}

#[test]
fn a_step_never_lands_on_a_branch_that_was_checked_out_meanwhile() {
    let env = TestEnv::planned(0);
    env.repo.git(&["branch", "other"]);
    let away = format!("git -C {} switch --quiet other", env.path().display());
    let refused = env.step(&counted(&env, &away));
    assert_eq!(refused.code, 5, "{}", refused.shown());
    assert!(
        refused.shown().contains("check out the branch main again"),
        "{}",
        refused.shown()
    );
    assert_eq!(
        env.repo.git(&["rev-parse", "main"]),
        env.repo.git(&["rev-parse", "other"])
    );
    assert_eq!(env.repo.status(), "");
    // It belongs on the one branch and is not offered on the other.
    let dry = env.step(&[counted(&env, ""), strings(&["--dry-run"])].concat());
    assert!(
        !dry.shown().contains("without a new call"),
        "{}",
        dry.shown()
    );
    env.repo.git(&["switch", "--quiet", "main"]);
    let ran = env.step(&counted(&env, ""));
    assert_eq!((ran.code, calls(&env)), (0, 1), "{}", ran.shown());
    assert_eq!(env.cursor(), "pick-best");
}

#[test]
fn commits_that_the_user_makes_meanwhile_are_built_upon() {
    let env = TestEnv::planned(0);
    let own = format!(
        "git -C {} commit --quiet --allow-empty --message own",
        env.path().display()
    );
    let ran = env.step(&counted(&env, &own));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let subjects = env.repo.subjects();
    assert_eq!(
        &subjects[..3],
        [&format!("piton: planning/{SLUG}/approaches"), "own", "own"]
    );
}

#[test]
fn one_who_wants_another_answer_than_the_one_that_waits_gets_it() {
    let env = TestEnv::planned(0);
    env.repo.hook("pre-commit", "#!/bin/sh\nexit 1\n");
    let refused = env.step(&counted(&env, ""));
    assert_eq!(refused.code, 1, "{}", refused.shown());
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let ran = env.step(&[counted(&env, ""), strings(&["--anew"])].concat());
    assert_eq!((ran.code, calls(&env)), (0, 2), "{}", ran.shown());
}

#[test]
fn what_a_hook_makes_of_a_step_is_published_as_it_then_is() {
    let env = TestEnv::planned(0);
    env.repo.hook(
        "pre-commit",
        "#!/bin/sh\necho mended >>migrations/add-api/approaches/facade.md\ngit add -A migrations\n",
    );
    let ran = env.step(&counted(&env, ""));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let plan = env
        .repo
        .git(&["show", "HEAD:migrations/add-api/approaches/facade.md"]);
    assert_eq!(plan, "facade\nmended\n");
    env.assert_in_order();
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let next = env.step(&counted(&env, ""));
    assert_eq!(next.code, 0, "{}", next.shown());
}

#[test]
fn a_hook_that_spoils_a_step_is_refused_and_nothing_is_lost() {
    let env = TestEnv::planned(0);
    env.repo.hook(
        "pre-commit",
        "#!/bin/sh\necho '{' >migrations/add-api/manifest.json\n",
    );
    let refused = env.step(&counted(&env, ""));
    assert_eq!(refused.code, 1, "{}", refused.shown());
    assert!(
        refused.shown().contains("a hook changed the migration"),
        "{}",
        refused.shown()
    );
    assert_eq!(env.repo.status(), "");
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    published_without_a_call(&env, &refused);
}

#[test]
fn a_migrations_directory_that_a_rule_ignores_as_a_whole_is_committed_and_the_rule_is_named() {
    let env = TestEnv::staged();
    env.repo.git(&["rm", "-r", "--cached", "migrations"]);
    env.repo.write(".gitignore", "# ours\nmigrations/\n");
    env.repo.commit_all("rules");
    let ran = env.ok(&["init"]);
    let rule = "the rule `migrations/` in .gitignore, line 2";
    assert!(ran.shown().contains(rule), "{}", ran.shown());
    let _ = env.ok(&["migration", "new", SLUG, "--target", "x"]);
    for _ in 0..3 {
        let ran = env.step(&counted(&env, ""));
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.shown().contains("committed as"), "{}", ran.shown());
    }
    let held = env
        .repo
        .git(&["ls-tree", "-r", "--name-only", "HEAD", "migrations/add-api"]);
    assert!(held.contains("/plan.md\n"), "{held}");
    env.assert_in_order();
    // One that was planned when nothing of it was committed goes on as well.
    env.repo.git(&["rm", "-r", "--cached", "-q", "migrations"]);
    env.repo.git(&["commit", "-q", "-m", "forget"]);
    let ran = env.step(&counted(&env, ""));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.shown().contains(rule), "{}", ran.shown());
    env.assert_in_order();
}

#[test]
fn a_migration_whose_files_rules_ignore_is_committed_whole_and_goes_on() {
    let env = TestEnv::staged();
    env.repo
        .write(".gitignore", "*.md\n.planning/\nstate.json\n*.json\n");
    env.repo.commit_all("rules");
    let _ = env.ok(&["migration", "new", SLUG, "--target", "x"]);
    for _ in 0..3 {
        let ran = env.step(&counted(&env, ""));
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let held = env
        .repo
        .git(&["ls-tree", "-r", "--name-only", "HEAD", "migrations/add-api"]);
    for file in [
        "manifest.json",
        ".planning/state.json",
        "plan.md",
        "phase-1-facade.md",
    ] {
        assert!(
            held.contains(&format!("migrations/add-api/{file}\n")),
            "{file}: {held}"
        );
    }
    env.assert_in_order();
}
