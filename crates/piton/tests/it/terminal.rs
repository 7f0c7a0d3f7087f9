//! Questions at a terminal: each ends at once when it is interrupted, and asks
//! about what was shown.

use std::os::unix::fs::PermissionsExt;

use piton_seal::{Network, Support};

use crate::env::TestEnv;
use serde_json::Value;

use crate::pty::Seat;
use crate::stage::{GOOD, SLUG, until};

fn seat(env: &TestEnv, args: &[&str]) -> Seat {
    Seat::take(env.command(args))
}

/// A set-up that asks before it sets a directory aside.
fn moving() -> TestEnv {
    let env = TestEnv::staged();
    env.repo.write("plans/notes.md", "notes\n");
    env.repo.commit_all("notes");
    env
}

#[test]
fn an_interrupt_at_a_question_ends_the_command_and_nothing_happened() {
    let env = moving();
    let before = env.world();
    for question in ["proceed? [y/N]", "set it aside"] {
        let mut seat = seat(&env, &["init", "--migrations-dir", "plans"]);
        seat.wait_for("proceed? [y/N]");
        if question == "set it aside" {
            seat.type_line("y");
        }
        seat.wait_for(question);
        seat.interrupt();
        let (code, screen) = seat.end();
        assert_eq!(code, 130, "{screen}");
        assert!(screen.contains("nothing was changed"), "{screen}");
        assert!(env.world().files_changed_since(&before).is_empty());
    }

    let env = TestEnv::waiting();
    let before = env.picture();
    let asking = seat(&env, &["migration", "review", SLUG]);
    asking.wait_for("or leave it?");
    asking.interrupt();
    let (code, screen) = asking.end();
    assert_eq!(code, 130, "{screen}");
    assert_eq!(env.picture(), before);
}

/// Starts a command at a terminal and interrupts it at a question.
fn interrupted_at(env: &TestEnv, args: &[&str], typed: &str, question: &str) {
    let before = env.picture();
    let mut command = env.command(args);
    // An editor that is at work until somebody ends it.
    command.env("EDITOR", "sh -c 'echo editing; exec sleep 300'");
    let mut asking = Seat::take(command);
    if !typed.is_empty() {
        asking.wait_for("or leave it?");
        asking.type_line(typed);
    }
    asking.wait_for(question);
    // The key goes to everybody at the terminal.
    asking.interrupt_all();
    let (code, screen) = asking.end();
    assert_eq!(code, 130, "{args:?} {typed} {screen}");
    assert!(screen.contains("nothing was changed"), "{screen}");
    assert_eq!(env.picture(), before, "{args:?} {typed}");
}

#[test]
fn every_kind_of_question_ends_at_once_when_it_is_interrupted() {
    let env = TestEnv::waiting();
    let review = ["migration", "review", SLUG];
    interrupted_at(&env, &review, "", "or leave it?");
    interrupted_at(&env, &review, "reject", "why?");
    interrupted_at(&env, &review, "refine", "editing");
    let refine = ["migration", "refine", SLUG, "--editor"];
    interrupted_at(&env, &refine, "", "editing");
    let create = ["traffic", "create", "--dry-run"];
    interrupted_at(&env, &create, "", "which repository on GitHub");
    // Nothing is left that could be gone on with.
    let journals = env.ok(&["journal", "list"]).stdout;
    assert!(!journals.contains("unfinished"), "{journals}");
}

#[test]
fn the_end_of_input_at_a_question_has_its_own_line() {
    let env = TestEnv::planned(0);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut asking = seat(&env, &["runs", "prune", "--keep", "0"]);
    asking.wait_for("proceed? [y/N]");
    asking.type_keys("\u{4}");
    let (code, screen) = asking.end();
    assert_eq!(code, 130, "{screen}");
    let asked = screen.lines().find(|line| line.starts_with("proceed?"));
    assert_eq!(asked.map(str::trim_end), Some("proceed? [y/N]"), "{screen}");
    assert!(screen.contains("nothing was changed"), "{screen}");
}

#[test]
fn half_a_yes_to_a_set_up_changes_nothing() {
    let env = moving();
    let before = env.world();
    let mut seat = seat(&env, &["init", "--migrations-dir", "plans"]);
    seat.wait_for("proceed? [y/N]");
    seat.type_line("y");
    seat.wait_for("set it aside");
    seat.type_line("n");
    let (code, screen) = seat.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("nothing was changed"), "{screen}");
    assert!(env.world().files_changed_since(&before).is_empty());
}

#[test]
fn an_answer_about_a_plan_that_changed_meanwhile_is_stale() {
    let env = TestEnv::waiting();
    let mut seat = seat(&env, &["migration", "review", SLUG]);
    seat.wait_for("or leave it?");
    env.repo
        .write("migrations/add-api/plan.md", "# Another plan\n");
    env.repo.commit_all("somebody else's plan");
    seat.type_line("approve");
    let (code, screen) = seat.end();
    assert_eq!(code, 5, "{screen}");
    assert!(screen.contains("changed since it was shown"), "{screen}");
    assert_eq!(
        env.repo.read("migrations/add-api/plan.md"),
        "# Another plan\n"
    );
}

#[test]
fn a_review_with_an_agent_never_undoes_a_commit_made_meanwhile() {
    let env = TestEnv::waiting();
    let go = env.home.path().join("go");
    let ready = env.home.path().join("ready");
    // Approves in the copy, after somebody else committed.
    let script = env.home.path().join("agent.sh");
    std::fs::write(
        &script,
        "touch \"$1\"; while ! test -e \"$2\"; do sleep 0.05; done\n\
         sed -i 's/\"awaiting_human_review\": true/\"awaiting_human_review\": false/; \
         s/\"human_review_reason\": \".*\"/\"human_review_reason\": null/' migrations/add-api/manifest.json\n",
    )
    .unwrap();
    env.repo.write(
        "piton.toml",
        &format!(
            "{}\n[agents.talker]\nprogram = \"sh\"\ninteractive-arguments = [{:?}, {:?}, {:?}]\n",
            env.repo.read("piton.toml"),
            script.display().to_string(),
            ready.display().to_string(),
            go.display().to_string(),
        ),
    );
    env.repo.commit_all("an agent");
    // What the agent touches lies outside its copy.
    let seat = seat(
        &env,
        &[
            "migration",
            "review",
            SLUG,
            "--with",
            "talker",
            "--seal",
            "off",
        ],
    );
    until("the session", || ready.exists());
    env.repo
        .write("migrations/add-api/plan.md", "# Another plan\n");
    env.repo.commit_all("somebody else's plan");
    std::fs::write(&go, "").unwrap();
    let (code, screen) = seat.end();
    assert_eq!(code, 5, "{screen}");
    assert_eq!(
        env.repo.read("migrations/add-api/plan.md"),
        "# Another plan\n"
    );
}

#[test]
fn removing_records_asks_first_and_a_bare_return_says_no() {
    let env = TestEnv::planned(0);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let runs = || !env.kept("runs").is_empty();
    let prune = ["runs", "prune", "--keep", "0"];
    let mut asking = seat(&env, &prune);
    asking.wait_for("proceed? [y/N]");
    asking.type_line("");
    let (code, screen) = asking.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("nothing was changed"), "{screen}");
    assert!(runs());

    let unasked = env.run(&prune);
    assert_eq!(unasked.code, 3, "{}", unasked.stderr);
    assert!(unasked.stderr.contains("-y"), "{}", unasked.stderr);
    // Nothing of it is there to be carried on with.
    let resumed = env.run(&["journal", "resume"]);
    assert_eq!(resumed.code, 2, "{}{}", resumed.stdout, resumed.stderr);
    assert!(runs());

    let _ = env.ok(&["runs", "prune", "--keep", "0", "-y"]);
    assert!(!runs());
}

#[test]
fn a_session_without_approval_ends_with_3_and_keeps_what_was_changed() {
    let env = TestEnv::waiting();
    let script = env.home.path().join("agent.sh");
    std::fs::write(&script, "echo '# Looked at' > migrations/add-api/plan.md\n").unwrap();
    env.repo.write(
        "piton.toml",
        &format!(
            "{}\n[agents.talker]\nprogram = \"sh\"\ninteractive-arguments = [{:?}]\n",
            env.repo.read("piton.toml"),
            script.display().to_string(),
        ),
    );
    env.repo.commit_all("an agent");
    let before = env.picture();
    let (code, screen) = seat(&env, &["migration", "review", SLUG, "--with", "talker"]).end();
    assert_eq!(code, 3, "{screen}");
    assert_eq!(env.picture(), before);
    let kept = env.repo.read(".git/piton/work/reviews/add-api/plan.md");
    assert_eq!(kept, "# Looked at\n");
}

/// A repository in which a migration waits, and an agent that runs `script` on
/// the terminal.
fn talker(script: &str) -> TestEnv {
    let env = TestEnv::waiting();
    let path = env.home.path().join("agent.sh");
    let script = script
        .replace("$R", &env.path().display().to_string())
        .replace("$P", "migrations/add-api");
    std::fs::write(&path, script).unwrap();
    env.repo.write(
        "piton.toml",
        &format!(
            "{}\n[agents.talker]\nprogram = \"sh\"\ninteractive-arguments = [{:?}]\n",
            env.repo.read("piton.toml"),
            path.display().to_string(),
        ),
    );
    env.repo.commit_all("an agent");
    env
}

const APPROVES: &str = "sed -i 's/\"awaiting_human_review\": true/\"awaiting_human_review\": false/; \
    s/\"human_review_reason\": \".*\"/\"human_review_reason\": null/' $P/manifest.json\n";

#[test]
fn a_review_with_an_agent_is_held_in_a_slot_and_what_is_approved_there_is_committed() {
    let env = talker(&format!(
        "test -f src/lib.rs || test -f README.md || exit 3; test \"$PWD\" != $R || exit 4\n\
         echo '# Looked at' > $P/plan.md; echo x > leftover\n{APPROVES}"
    ));
    let (code, screen) = seat(&env, &["migration", "review", SLUG, "--with", "talker"]).end();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(env.repo.read("migrations/add-api/plan.md"), "# Looked at\n");
    assert!(!env.repo.exists("leftover"));
    assert_eq!(env.repo.status(), "");

    // It has a record like any call, with what nobody told left unknown.
    let run = env.ok(&["runs", "show", "--json"]).json();
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(run["summary"]["command"], "migration review add-api");
    assert_eq!(run["summary"]["agent"], "talker");
    assert_eq!(run["summary"]["counts"]["commits_created"], 1);
    assert_eq!(run["summary"]["usage"], Value::Null);
    let call = &run["calls"][0]["call"];
    assert_eq!(call["role"], "migration.review", "{call:#}");
    assert_eq!(call["slug"], SLUG);
    assert_eq!(call["exit"], serde_json::json!({"code": 0}), "{call:#}");
    assert_eq!(call["usage"], Value::Null);
    assert_eq!(run["calls"][0]["verdict"]["outcome"], "accepted");
}

#[test]
fn a_session_that_fails_or_is_not_approved_says_so_in_its_record() {
    for (script, code, status, exit) in [
        ("exit 7", 1, "agent_failed", 7),
        ("echo x > $P/plan.md", 3, "waits_for_people", 0),
    ] {
        let env = talker(script);
        let review = ["migration", "review", SLUG, "--with", "talker"];
        let (ended, screen) = seat(&env, &review).end();
        assert_eq!(ended, code, "{screen}");
        let run = env.ok(&["runs", "show", "--json"]).json();
        assert_eq!(run["status"], status, "{run:#}");
        let call = &run["calls"][0];
        assert_eq!(call["call"]["exit"]["code"], exit, "{call:#}");
        assert_eq!(call["verdict"]["outcome"], "refused", "{call:#}");
    }
}

#[test]
fn what_an_agent_does_to_the_repository_in_a_session_is_stopped_or_refuses_its_work() {
    for (bad, named) in [
        (
            "printf '#!/bin/sh' > $R/.git/hooks/pre-push",
            "hooks/pre-push",
        ),
        ("git -C $R branch sneaky", "refs/heads/sneaky"),
        ("git -C $R config core.fsmonitor /evil", "core.fsmonitor"),
    ] {
        let env = talker(&format!("({bad}) 2>/dev/null\n{APPROVES}"));
        let before = env.picture();
        let review = ["migration", "review", SLUG, "--with", "talker", "--seal"];
        let (code, screen) = seat(&env, &[&review[..], &["off"]].concat()).end();
        assert_eq!(code, 1, "{bad}: {screen}");
        assert!(screen.contains(named), "{bad}: {screen}");
        // A reference that was made is named; putting it back is the user's.
        if env.repo.git(&["branch", "--list", "sneaky"]).is_empty() {
            assert_eq!(env.picture(), before, "{bad}");
        } else {
            env.repo.git(&["branch", "-D", "sneaky"]);
        }
        if Support::observe(Network::On).landlock >= Support::LEAST {
            let (code, screen) = seat(&env, &[&review[..], &["require"]].concat()).end();
            assert_eq!(code, 0, "{bad}: {screen}");
            assert!(!screen.contains(named), "{bad}: {screen}");
        }
    }
}

#[test]
fn an_agent_that_edits_the_code_in_a_review_has_none_of_it_taken() {
    let env = talker(&format!(
        "echo '# Looked at' > $P/plan.md; echo x >> README.md\n{APPROVES}"
    ));
    let before = env.picture();
    let (code, screen) = seat(&env, &["migration", "review", SLUG, "--with", "talker"]).end();
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("README.md"), "{screen}");
    assert_eq!(env.picture(), before);
    let kept = env.repo.read(".git/piton/work/reviews/add-api/plan.md");
    assert_eq!(kept, "# Looked at\n");
}

#[test]
fn a_review_shows_the_plan_and_what_the_reviewer_says_and_a_view_of_all() {
    let env = TestEnv::waiting();
    let mut command = env.command(&["migration", "review", SLUG]);
    command.env("PAGER", "cat");
    let mut seat = Seat::take(command);
    seat.wait_for("view, approve, refine, reject, or leave it?");
    let screen = seat.screen();
    assert!(screen.contains("what the reviewer says:"), "{screen}");
    assert!(screen.contains("touches the public API"), "{screen}");
    assert!(screen.contains("the plan:"), "{screen}");
    assert!(
        !screen
            .lines()
            .any(|line| line.ends_with(' ') && line.trim().is_empty()),
        "{screen}"
    );
    seat.type_line("view");
    seat.wait_for("## Definition of Done");
    seat.type_line("");
    let (code, screen) = seat.end();
    assert_eq!(code, 3, "{screen}");
}

#[test]
fn the_editor_opens_with_what_is_refined_and_takes_only_what_stands_above() {
    let env = TestEnv::waiting();
    let editor = env.home.path().join("editor");
    std::fs::write(
        &editor,
        "#!/bin/sh\ncp \"$1\" $HOME/template\n{ echo 'Test the facade first.'; cat \"$1\"; } >$HOME/new\ncp $HOME/new \"$1\"\n",
    )
    .unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = env.command(&["migration", "refine", SLUG, "--editor", "--record-only"]);
    command.env("EDITOR", &editor);
    let (code, screen) = Seat::take(command).end();
    assert_eq!(code, 0, "{screen}");
    let template = std::fs::read_to_string(env.home.path().join("template")).unwrap();
    assert!(template.contains("touches the public API"), "{template}");
    let feedback = env.show(SLUG)["planning"]["feedback"].clone();
    assert_eq!(feedback[0]["text"], "Test the facade first.");
}
