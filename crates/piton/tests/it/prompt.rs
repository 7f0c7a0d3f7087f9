//! `piton prompt copy`: making a template one's own.

use crate::env::TestEnv;

const OURS: &str = ".piton/prompts/review.md.j2";

#[test]
fn a_copy_says_what_the_built_in_template_says_and_is_in_force_from_then_on() {
    let env = TestEnv::new();
    let built_in = env.ok(&["prompt", "show", "review"]).stdout;
    let dry = env.ok(&["prompt", "copy", "review", "--dry-run"]);
    assert!(dry.stdout.contains(OURS), "{}", dry.stdout);
    assert!(!env.repo.exists(OURS));

    let _ = env.ok(&[
        "prompt",
        "copy",
        "planning.review",
        "review",
        "_topics.md.j2",
    ]);
    assert_eq!(env.repo.read(OURS), built_in);
    assert!(env.repo.exists(".piton/prompts/_topics.md.j2"));
    env.repo.write(OURS, "ours\n");
    assert_eq!(env.ok(&["prompt", "show", "review"]).stdout, "ours\n");
}

#[test]
fn copies_go_where_the_repository_keeps_its_prompts() {
    let env = TestEnv::new();
    env.repo
        .write("piton.toml", "prompts = \"docs/prompts/\"\n");
    let _ = env.ok(&["prompt", "copy", "expand"]);
    assert!(env.repo.exists("docs/prompts/expand.md.j2"));
    let shown = env.ok(&["prompt", "show", "expand"]);
    assert!(shown.stderr.contains("docs/prompts"), "{}", shown.stderr);
}

#[test]
fn a_template_that_was_changed_is_replaced_only_with_force() {
    let env = TestEnv::new();
    let _ = env.ok(&["prompt", "copy", "review"]);
    let again = env.ok(&["prompt", "copy", "review"]);
    assert!(again.stdout.contains("1 unchanged"), "{}", again.stdout);

    // Even one that is no template: starting over is the way out.
    env.repo.write(OURS, "{% broken\n");
    let before = env.world();
    let asked = env.run(&["prompt", "copy", "review", "--non-interactive"]);
    assert_eq!(asked.code, 3, "{}", asked.stderr);
    assert!(asked.stderr.contains("--force"), "{}", asked.stderr);
    assert_eq!(env.world(), before);
    let _ = env.ok(&["prompt", "copy", "review", "--force"]);
    assert!(!env.repo.read(OURS).contains("broken"));
}

#[test]
fn a_role_that_is_none_is_refused_with_those_there_are() {
    let env = TestEnv::new();
    let before = env.world();
    let ran = env.run(&["prompt", "copy", "../../etc/passwd"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("taste-upgrade"), "{}", ran.stderr);
    assert_eq!(env.world(), before);
}
