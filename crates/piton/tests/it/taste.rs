//! `piton taste`: the file, and sessions with an agent that is a small script.

use std::fs;
use std::path::PathBuf;

use piton_selftest::trace::{Fault, SUPPORTED, Verdict, Watch, trace};
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};

const OURS: &str = ".piton/taste.md";
const CURRENT: &str = "taste-scoping-version: 1";

/// What an agent does at the end: the file, then its digest.
const DONE: &str =
    r#"printf 'sha256:%s\n' "$(sha256sum "$T/taste.md" | cut -d' ' -f1)" > "$T/taste.md.done""#;

/// Describes an agent that plays `script`, which finds its directory in `$T`.
fn with_agent(script: &str) -> TestEnv {
    let env = TestEnv::new();
    env.repo.write("README.md", "a project\n");
    let file = env.home.path().join("agent.sh");
    // The one argument names the prompt, which lies beside the copy.
    let script = format!("T=$(dirname \"${{1#Read }}\")\nT=${{T%% *}}\n{script}\n");
    fs::write(&file, script).unwrap();
    env.repo.write(
        "piton.toml",
        &format!(
            "[agent]\nuse = \"fake\"\n[agents.fake]\nprogram = \"/bin/sh\"\ninteractive-arguments = [\"{}\"]\n",
            file.display()
        ),
    );
    // A description of an agent counts as it is committed.
    env.repo.commit_all("a project");
    env
}

fn scratches(env: &TestEnv) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(env.path().join(".git/piton/work")) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.to_string_lossy().contains("/taste-"));
    found
}

fn refused(ran: &Ran, code: i32, text: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(text), "{}", ran.stderr);
}

#[test]
fn the_file_is_made_once_and_its_path_is_printed() {
    let env = TestEnv::new();
    let dry = env.ok(&["taste", "--dry-run"]);
    assert!(dry.stdout.contains(OURS) && !env.repo.exists(OURS));
    let made = env.ok(&["taste"]);
    assert!(
        made.stdout.ends_with(&format!("$REPO/{OURS}\n")),
        "{}",
        made.stdout
    );
    assert!(env.repo.read(OURS).starts_with(CURRENT));
    env.repo.write(OURS, &format!("{CURRENT}\n\nours\n"));
    assert_eq!(
        env.ok(&["taste"]).shown(),
        format!("exit 0\n-- stdout\n$REPO/{OURS}\n")
    );
    let json = env.ok(&["taste", "--json"]).json();
    assert_eq!(
        (&json["stale"], &json["global"]),
        (&false.into(), &false.into())
    );
    assert!(env.repo.read(OURS).contains("ours"));
}

#[test]
fn the_users_own_file_needs_no_repository() {
    let env = TestEnv::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = env
        .command(&["taste", "--global"])
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.ends_with("$HOME/.config/piton/taste.md\n"),
        "{}",
        ran.stdout
    );
    assert!(env.home.path().join(".config/piton/taste.md").exists());
}

#[test]
fn a_file_of_an_older_version_is_warned_of_and_left_alone() {
    let env = TestEnv::new();
    env.repo.write(OURS, "ours\n");
    let ran = env.ok(&["taste"]);
    assert!(
        ran.stderr.contains("`piton taste --upgrade`"),
        "{}",
        ran.stderr
    );
    assert_eq!(env.repo.read(OURS), "ours\n");
    // One that cannot be read suppresses the warning.
    fs::write(env.path().join(OURS), b"\xff\n").unwrap();
    assert_eq!(env.ok(&["taste"]).stderr, "");
}

#[test]
fn flags_that_need_a_mode_are_usage_errors_without_it() {
    let env = TestEnv::new();
    for args in [
        &["taste", "--force"][..],
        &["taste", "--refine", "--force"],
        &["taste", "--with", "claude"],
        &["taste", "--model", "m"],
        &["taste", "--refine", "--upgrade"],
    ] {
        assert_eq!(env.run(args).code, 2, "{args:?}");
    }
    assert!(!env.repo.exists(OURS));
}

#[test]
fn what_an_interview_left_is_shown_as_a_plan_and_takes_the_files_place() {
    let env = with_agent(&format!(
        "test -f README.md || exit 9\nprintf '{CURRENT}\\n\\nnew\\n' > \"$T/taste.md\"\n{DONE}"
    ));
    let dry = env.ok(&["taste", "--interview", "--dry-run"]);
    assert!(dry.stdout.contains("session with fake"), "{}", dry.stdout);
    assert!(
        dry.stdout.contains("before anything is written"),
        "{}",
        dry.stdout
    );
    assert!(!env.repo.exists(OURS) && scratches(&env).is_empty());
    assert_eq!(
        env.run(&["taste", "--interview", "--dry-run", "--exit-code"])
            .code,
        10
    );

    let ran = env.ok(&["taste", "--interview"]);
    assert!(ran.stdout.contains("taste-interview"), "{}", ran.stdout);
    assert_eq!(env.repo.read(OURS), format!("{CURRENT}\n\nnew\n"));
    assert!(scratches(&env).is_empty());
}

#[test]
fn an_interview_over_what_somebody_wrote_needs_force_and_keeps_a_copy() {
    let env = with_agent(&format!(
        "printf '{CURRENT}\\n\\nnew\\n' > \"$T/taste.md\"\n{DONE}"
    ));
    env.repo.write(OURS, "theirs\n");
    let before = env.world();
    refused(&env.run(&["taste", "--interview"]), 2, "--force");
    assert_eq!(env.world(), before);
    let _ = env.ok(&["taste", "--interview", "--force"]);
    assert_eq!(env.repo.read(".piton/taste.md.bak"), "theirs\n");
    assert_eq!(env.repo.read(OURS), format!("{CURRENT}\n\nnew\n"));

    // An older copy is not written over.
    env.repo.write(OURS, "mine\n");
    let _ = env.ok(&["taste", "--interview", "--force"]);
    assert_eq!(env.repo.read(".piton/taste.md.bak"), "theirs\n");
    assert_eq!(env.repo.read(".piton/taste.md_001.bak"), "mine\n");
}

#[test]
fn an_upgrade_of_a_current_file_says_so_without_an_agent() {
    let env = TestEnv::new();
    env.repo.write("piton.toml", "[agent]\nuse = \"nobody\"\n");
    let _ = env.ok(&["taste"]);
    let ran = env.ok(&["taste", "--upgrade"]);
    assert!(ran.stdout.contains("is up to date"), "{}", ran.stdout);
}

#[test]
fn an_upgrade_can_be_saved_and_applied() {
    let env = with_agent(&format!(
        "{{ echo '{CURRENT}'; cat \"$T/taste.md\"; }} > \"$T/new\" && mv \"$T/new\" \"$T/taste.md\"\n{DONE}"
    ));
    env.repo.write(OURS, "theirs\n");
    let _ = env.ok(&["taste", "--upgrade", "--plan-out", "plan.json"]);
    assert_eq!(env.repo.read(OURS), "theirs\n");
    let _ = env.ok(&["apply", "plan.json"]);
    assert_eq!(env.repo.read(OURS), format!("{CURRENT}\ntheirs\n"));
}

#[test]
fn a_session_that_fails_changes_nothing_and_says_where_its_text_is() {
    let write = "printf 'new\\n' > \"$T/taste.md\"";
    let header = format!("printf '{CURRENT}\\nnew\\n' > \"$T/taste.md\"");
    for (script, reason, left) in [
        ("exit 3".to_owned(), "before", 0),
        (write.to_owned(), "before", 1),
        (format!(": > \"$T/taste.md\"\n{DONE}"), "empty", 1),
        (format!("{write}\n{DONE}"), "first line", 1),
        (format!("{header}\n{DONE}\nexit 3"), "ended with", 1),
    ] {
        let env = with_agent(&script);
        env.repo.write(OURS, "theirs\n");
        let ran = env.run(&["taste", "--upgrade"]);
        refused(&ran, 1, reason);
        assert_eq!(env.repo.read(OURS), "theirs\n", "{script}");
        assert_eq!(scratches(&env).len(), left, "{script}");
        assert_eq!(ran.stderr.contains("what was written is in"), left == 1);
    }
}

#[test]
fn a_file_that_was_changed_during_the_session_is_not_written_over() {
    let env = with_agent(&format!(
        "printf 'new\\n' > \"$T/taste.md\"\necho mine > \"$T/../../../../{OURS}\"\n{DONE}"
    ));
    // The agent plays the one who changes it, which a sealed one cannot.
    let settings = env.home.path().join(".config/piton/config.toml");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(settings, "seal = \"off\"\n").unwrap();
    env.repo.write(OURS, "theirs\n");
    refused(&env.run(&["taste", "--refine"]), 5, "was changed while");
    assert_eq!(env.repo.read(OURS), "mine\n");
}

#[test]
fn a_session_that_cannot_be_held_is_refused_before_anything_starts() {
    let env = with_agent("exit 0");
    refused(&env.run(&["taste", "--refine"]), 2, "does not exist");
    let _ = env.ok(&["taste"]);
    let before = env.world();
    assert_eq!(env.run(&["taste", "--refine", "--json"]).code, 2);
    let ran = env.run(&["taste", "--refine", "--non-interactive"]);
    refused(&ran, 3, "needs a person");
    assert_eq!(env.world(), before);
    let ran = env.run(&["taste", "--refine", "--with", "nobody"]);
    refused(&ran, 1, "no agent is called");
    assert!(scratches(&env).is_empty());
}

#[test]
fn a_session_about_the_taste_has_a_record_with_how_its_agent_ended() {
    let writes = format!("printf '{CURRENT}\\n\\nnew\\n' > \"$T/taste.md\"\n{DONE}");
    for (script, code, status, exit) in [
        (writes.clone(), 0, "completed", json!({"code": 0})),
        // It stays, and is ended once what it wrote has settled.
        (
            format!("{writes}\nexec sleep 300"),
            0,
            "completed",
            json!({"signal": 2}),
        ),
        ("exit 7".to_owned(), 1, "agent_failed", json!({"code": 7})),
    ] {
        let env = with_agent(&script);
        assert_eq!(env.run(&["taste", "--interview"]).code, code, "{script}");
        let run = env.ok(&["runs", "show", "--json"]).json();
        assert_eq!(run["status"], status, "{run:#}");
        let call = &run["calls"][0]["call"];
        assert_eq!(call["role"], "taste", "{call:#}");
        assert_eq!(call["exit"], exit, "{call:#}");
        assert_eq!(call["usage"], Value::Null);
        assert_eq!(run["summary"]["usage"], Value::Null);
    }
}

#[test]
fn what_a_session_wrote_and_the_disk_does_not_give_away_is_kept() {
    if !SUPPORTED {
        return;
    }
    let env = with_agent("printf 'new\\n' > \"$T/taste.md\"");
    let mut command = env.command(&["taste", "--interview"]);
    let limit = std::time::Duration::from_secs(60);
    let root = env.path().canonicalize().unwrap();
    let mut hit = false;
    let _ = trace(&mut command, &root, Watch::Opens, limit, &mut |point| {
        if point.writes || !point.path.ends_with("taste.md") {
            return Verdict::Go;
        }
        hit = true;
        Verdict::Fail(Fault::InputOutput)
    });
    assert!(hit);
    let kept = scratches(&env);
    assert_eq!(kept.len(), 1);
    assert_eq!(
        fs::read_to_string(kept[0].join("taste.md")).unwrap(),
        "new\n"
    );
}
