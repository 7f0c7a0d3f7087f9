//! What shells offer: the names that there are, and TAB in a real shell.

use std::path::Path;
use std::process::Command;

use crate::env::TestEnv;
use crate::pty::Seat;
use crate::stage::SLUG;

/// Returns what is offered for the last of some words.
fn offered(env: &TestEnv, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let arguments = [&["--"], words].concat();
    let ran = env.finish(
        env.command(&arguments)
            .env("_PITON_COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", index)
            .output()
            .unwrap(),
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{words:?}");
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_names_that_there_are_here_are_offered() {
    let env = TestEnv::planned(1);
    let _ = env.step(&env.one("planning.pick-best", "Chosen approach: facade"));
    let run = env.ok(&["runs", "list", "--no-headers"]).stdout;
    let run = run.split('\t').next().unwrap();
    env.repo.write(
        "piton.toml",
        "migrations-dir = \"migrations\"\n[agents]\nmine = \"mine.toml\"\n",
    );
    let contains = |words: &[&str], expected: &str| {
        let offered = offered(&env, words);
        assert!(
            offered.iter().any(|word| word == expected),
            "{words:?}: {offered:?}"
        );
    };
    for command in ["step", "show", "review", "approve", "undo", "log", "diff"] {
        contains(&["piton", "migration", command, "add"], SLUG);
    }
    // What stands anywhere in it is offered where nothing begins with it.
    contains(&["piton", "migration", "show", "api"], SLUG);
    contains(&["piton", "runs", "show", ""], run);
    contains(&["piton", "config", "get", "agent.m"], "agent.model");
    contains(&["piton", "prompt", "show", "exp"], "expand");
    contains(&["piton", "migration", "step", SLUG, "--with", ""], "codex");
    contains(&["piton", "migration", "li"], "list");
    contains(&["piton", "migration", "list", "--js"], "--json");
    let journal = env.ok(&["journal", "list", "--no-headers"]).stdout;
    let journal = journal.split('\t').next().unwrap();
    contains(&["piton", "journal", "show", ""], journal);
}

#[test]
fn nothing_is_offered_and_nothing_said_where_nothing_can_be_read() {
    let env = TestEnv::new();
    env.repo.write("piton.toml", "this is = = no toml");
    let migrations = offered(&env, &["piton", "migration", "show", ""]);
    assert_eq!(migrations, ["--help"]);
    std::fs::remove_dir_all(env.path().join(".git")).unwrap();
    let agents = offered(&env, &["piton", "run", "--with", "c"]);
    assert_eq!(agents, ["claude", "codex", "command"]);
}

/// Has a shell complete a command by TAB, where there is that shell.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn tab(shell: &str, arguments: &[&str], load: &str) {
    let Some(program) = ["/usr/bin", "/bin", "/usr/local/bin"]
        .iter()
        .map(|dir| Path::new(dir).join(shell))
        .find(|path| path.exists())
    else {
        eprintln!("skipped: there is no {shell} here");
        return;
    };
    let env = TestEnv::planned(0);
    let bin = Path::new(env!("CARGO_BIN_EXE_piton")).parent().unwrap();
    let script = env.home.path().join("script");
    std::fs::write(&script, env.ok(&["completions", shell]).stdout).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    // A shell wants the terminal for its own.
    let mut command = Command::new("setsid");
    command
        .args(["--ctty", "--wait"])
        .arg(program)
        .args(arguments)
        .current_dir(env.path())
        .env_clear()
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("HOME", env.home.path())
        .env("XDG_CONFIG_HOME", env.home.path())
        .env("PS1", "ask> ")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let mut seat = Seat::take(command);
    seat.type_line(&load.replace("SCRIPT", script.to_str().unwrap()));
    seat.type_line("echo load''ed");
    seat.wait_for("loaded");
    seat.type_keys("piton migration show add\t");
    seat.wait_for(&format!("migration show {SLUG}"));
    // What was completed is what is run.
    seat.type_line("");
    seat.wait_for("planning of Put an API in front");
    seat.type_line("exit");
    let _ = seat.end();
}

#[test]
fn tab_completes_a_slug_in_bash() {
    tab("bash", &["--norc", "--noprofile", "-i"], "source SCRIPT");
}

#[test]
fn tab_completes_a_slug_in_zsh() {
    tab(
        "zsh",
        &["-f", "-i"],
        "autoload -U compinit; compinit -u -D; source SCRIPT",
    );
}

#[test]
fn tab_completes_a_slug_in_fish() {
    tab("fish", &["--no-config", "--interactive"], "source SCRIPT");
}
