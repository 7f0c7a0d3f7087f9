//! The workflow that carries plans out, as `init --ci` writes it.
#![expect(clippy::print_stdout, reason = "a test that skips something says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::env::TestEnv;

#[test]
fn the_workflow_needs_to_know_how_things_arrive_and_nothing_is_written_before() {
    let env = TestEnv::new();
    env.repo.write("x", "x");
    env.repo.commit_all("first");
    let before = env.world();
    for (settings, key) in [
        ("", "ci.install"),
        ("ci.install = \"0.1.0\"\n", "ci.agent"),
        (
            "ci.install = \"0.1.0\"\nci.agent = \"claude@2.1.0\"\n",
            "ci.secret",
        ),
    ] {
        if !settings.is_empty() {
            env.repo.write("piton.toml", settings);
        }
        let ran = env.run(&["init", "--ci"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(key), "{}", ran.stderr);
        let touched = env.world().files_changed_since(&before);
        let written = |path: &PathBuf| !path.ends_with("piton.toml");
        assert!(!touched.iter().any(written), "{touched:?}");
    }
    env.repo.write(
        "piton.toml",
        "ci.install = \"0.1.0\"\nci.agent = \"claude@2.1.0\"\nci.secret = \"ANTHROPIC_API_KEY\"\n",
    );
    let _ = env.ok(&["init", "--ci", "--validation-command", "true"]);
    let text = env.repo.read(".github/workflows/piton-plan.yml");
    assert!(text.contains("npm install --global '@anthropic-ai/claude-code@2.1.0'"));
    assert!(text.contains("ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}"));
    assert!(!text.contains("__"), "{text}");
    linted(&env.path().join(".github/workflows/piton-plan.yml"));
    // Another file of that name is somebody's.
    env.repo
        .write(".github/workflows/piton-plan.yml", "name: mine\n");
    let ran = env.run(&["init", "--ci"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
}

/// Where the linters of workflows are there, they have nothing to say.
fn linted(file: &Path) {
    for (program, args) in [
        ("zizmor", &["--offline", "--no-progress"][..]),
        ("actionlint", &[][..]),
    ] {
        let ran = Command::new(program).args(args).arg(file).output();
        match ran {
            Ok(output) if String::from_utf8_lossy(&output.stderr).contains("not found") => {
                println!("skipped: {program} is not here");
            }
            Ok(output) => assert!(
                output.status.success(),
                "{program}: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(_) => println!("skipped: {program} is not here"),
        }
    }
}
