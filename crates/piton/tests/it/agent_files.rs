//! What tells agents of piton in a person's own sessions.

use crate::env::TestEnv;

const SKILL: &str = ".claude/skills/piton/SKILL.md";

#[test]
fn agents_find_skills_and_commands_that_say_what_the_program_says() {
    let env = TestEnv::with_cargo_project();
    let dry = env.ok(&["init", "--agent-files", "--dry-run"]);
    assert!(!env.repo.exists(SKILL));
    let _ = env.ok(&["init", "--agent-files"]);
    for file in [
        SKILL,
        ".claude/commands/piton-start.md",
        ".claude/commands/piton-show.md",
        ".claude/commands/piton-review.md",
        ".claude/commands/piton-refine.md",
        ".agents/skills/piton/SKILL.md",
        ".agents/skills/piton-start/SKILL.md",
        ".agents/skills/piton-show/SKILL.md",
        ".agents/skills/piton-review/SKILL.md",
        ".agents/skills/piton-refine/SKILL.md",
    ] {
        assert!(dry.stdout.contains(file), "{file} in {}", dry.stdout);
        assert!(env.repo.read(file).starts_with("---\n"), "{file}");
    }
    let page = env.ok(&["prime"]).stdout;
    assert!(env.repo.read(SKILL).contains(page.trim()));
    let again = env.run(&["init", "--agent-files", "--dry-run", "--exit-code"]);
    assert_eq!(again.code, 0, "{}", again.shown());
}

#[test]
fn what_a_person_wrote_in_their_place_stays_and_is_told() {
    let env = TestEnv::with_cargo_project();
    let theirs = ".claude/commands/piton-show.md";
    env.repo.write(theirs, "My own way of showing.\n");
    let _ = env.ok(&["init", "--agent-files=claude"]);
    assert!(!env.repo.exists(".agents"));
    let edited = env.repo.read(SKILL).replace("too large", "far too large");
    env.repo.write(SKILL, &edited);

    let again = env.ok(&["init", "--agent-files=claude"]);
    assert_eq!(env.repo.read(theirs), "My own way of showing.\n");
    assert_eq!(env.repo.read(SKILL), edited);
    for told in [
        ".claude/commands/piton-show.md stays as it is: somebody else wrote it",
        ".claude/skills/piton/SKILL.md stays as it is: piton's section in it was edited",
    ] {
        assert!(again.shown().contains(told), "{}", again.shown());
    }
}

#[test]
fn lines_around_the_section_are_kept_when_it_becomes_newer() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "--agent-files=claude"]);
    let made = env.repo.read(SKILL);
    // What an older piton would have left: its own section, with its digest.
    let body = "\nAn older page.\n\n";
    let digest = piton_base::Digest::of(body.as_bytes()).short();
    let older = format!(
        "---\nname: piton\ndescription: ours\n---\n<!-- piton:begin {digest} -->\n{body}<!-- piton:end -->\n\nAsk Kim first.\n"
    );
    env.repo.write(SKILL, &older);
    let _ = env.ok(&["init", "--agent-files=claude"]);
    let section = &made[made.find("<!-- piton:begin").unwrap()..];
    assert_eq!(
        env.repo.read(SKILL),
        format!("---\nname: piton\ndescription: ours\n---\n{section}\nAsk Kim first.\n")
    );
}
