//! `piton runs` and `piton prompt`, before any agent was called.

use crate::env::TestEnv;

#[test]
fn without_a_run_the_list_is_empty_and_showing_one_is_a_usage_error() {
    let env = TestEnv::new();
    assert_eq!(env.ok(&["runs", "list"]).stdout, "");
    let ran = env.run(&["runs", "show"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("no agent was called here yet"));
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
