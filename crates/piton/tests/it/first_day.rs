//! What a new user meets on the first day.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

fn slugs(env: &TestEnv) -> Vec<String> {
    let listed = env.ok(&["migration", "list", "--json"]).json();
    let rows = listed["migrations"].as_array().unwrap();
    let mut slugs: Vec<String> = rows
        .iter()
        .map(|row| row["slug"].as_str().unwrap().to_owned())
        .collect();
    slugs.sort();
    slugs
}

#[test]
fn a_slug_is_short_and_gets_a_number_only_when_it_is_taken() {
    let env = TestEnv::staged();
    for _ in 0..2 {
        let _ = env.ok(&[
            "migration",
            "new",
            "--target",
            "Split the parser from the report, at last",
        ]);
    }
    assert_eq!(
        slugs(&env),
        ["split-the-parser-from-the", "split-the-parser-from-the-2"]
    );
    // The start of a name will do where it fits one alone.
    let ran = env.run(&["migration", "show", "split"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("fits more than one"), "{}", ran.stderr);
    let ran = env.run(&["migration", "show", "split-the-praser-from-the"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("did you mean `split-the-parser-from-the`?"),
        "{}",
        ran.stderr
    );
    let _ = env.ok(&["migration", "delete", "split-the-parser-from-the-2"]);
    let shown = env.ok(&["migration", "show", "split"]).stdout;
    assert!(
        shown.starts_with("split-the-parser-from-the  planning"),
        "{shown}"
    );
}

#[test]
fn a_step_is_taken_back_and_the_one_before_it_too() {
    let env = TestEnv::planned(3);
    let before = env.repo.subjects().len();
    assert_eq!(env.cursor(), "review");
    let dry = env.ok(&["migration", "undo", SLUG, "--dry-run"]);
    assert!(dry.stdout.contains("undo add-api"), "{}", dry.stdout);
    for cursor in ["expand", "pick-best", "approaches"] {
        let _ = env.ok(&["migration", "undo", SLUG]);
        assert_eq!(env.cursor(), cursor);
        assert_eq!(env.repo.status(), "");
    }
    let ran = env.run(&["migration", "undo", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert_eq!(env.repo.subjects().len(), before + 3, "history stays");
    // And it goes on from there.
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_nothing_to_repair();
}

#[test]
fn nothing_is_taken_back_once_a_phase_has_landed() {
    let env = TestEnv::planned(7);
    let mut manifest: serde_json::Value =
        serde_json::from_str(&env.repo.read(crate::stage::MANIFEST)).unwrap();
    manifest["phases"][0]["done"] = true.into();
    env.edit_manifest("phases", manifest["phases"].clone());
    env.repo.commit_all("phase 1 landed");
    let landed = env.repo.git(&["rev-parse", "--short=10", "HEAD"]);
    let ran = env.run(&["migration", "undo", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stderr
            .contains(&format!("git revert {}", landed.trim())),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_rejected_plan_is_reopened_with_feedback() {
    let env = TestEnv::planned(7);
    let _ = env.ok(&["migration", "reject", SLUG, "--reason", "too large"]);
    let listed = env.ok(&["migration", "list", "--json"]).json();
    assert_eq!(listed["migrations"][0]["rejected_because"], "too large");
    assert_eq!(env.show(SLUG)["rejected_because"], "too large");
    let ran = env.run(&[
        "migration",
        "refine",
        SLUG,
        "--record-only",
        "--message",
        "x",
    ]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let _ = env.ok(&["migration", "reopen", SLUG, "--message", "the parser alone"]);
    assert_eq!(env.cursor(), "revise");
    assert_eq!(
        env.show(SLUG)["planning"]["feedback"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(!env.repo.exists("migrations/add-api/intentional-skip.md"));
    env.assert_nothing_to_repair();
}

#[test]
fn a_migration_is_renamed_archived_and_deleted_and_each_is_a_commit() {
    let env = TestEnv::planned(3);
    let _ = env.ok(&["migration", "rename", SLUG, "facade"]);
    assert_eq!(slugs(&env), ["facade"]);
    assert_eq!(env.repo.status(), "");
    let doctor = env.ok(&["migration", "doctor", "facade"]);
    assert!(!doctor.stdout.contains("error"), "{}", doctor.stdout);
    let state = env.repo.read("migrations/facade/.planning/state.json");
    assert!(!state.contains("add-api"), "{state}");
    let taken = env.run(&["migration", "rename", "facade", "facade"]);
    assert_eq!(taken.code, 2, "{}", taken.shown());

    let log = env.ok(&["migration", "log", "facade"]).stdout;
    assert!(log.contains("piton: rename add-api to facade"), "{log}");
    assert!(log.ends_with("piton: plan add-api\n"), "{log}");
    assert_eq!(log.matches("rename add-api").count(), 1, "{log}");
    let _ = env.ok(&["migration", "archive", "facade"]);
    assert!(slugs(&env).is_empty());
    assert!(env.repo.exists("migrations/.archive/facade/plan.md"));
    assert_eq!(env.repo.status(), "");

    let env = TestEnv::planned(1);
    env.repo.write("migrations/add-api/notes.md", "mine\n");
    let ran = env.run(&["migration", "delete", SLUG]);
    assert_eq!(ran.code, 1, "uncommitted work stays: {}", ran.shown());
    env.repo.commit_all("notes");
    let _ = env.ok(&["migration", "delete", SLUG]);
    assert!(slugs(&env).is_empty());
    assert!(!env.repo.exists("migrations/add-api"));
    assert_eq!(env.repo.subjects()[0], "piton: delete add-api");
}

#[test]
fn a_repository_without_settings_is_told_how_to_begin() {
    let env = TestEnv::with_cargo_project();
    let shown = env.ok(&["status"]).stdout;
    assert!(
        shown.contains("piton is not set up here\n      piton init\n"),
        "{shown}"
    );
    let _ = env.ok(&["init"]);
    assert!(!env.ok(&["status"]).stdout.contains("not set up"));
}

#[test]
fn whoever_refines_or_rejects_is_told_what_comes_next() {
    let env = TestEnv::planned(3);
    let mut refine = strings(&["migration", "refine", SLUG, "--message", "x"]);
    refine.extend(env.script("good", GOOD));
    let told = env.ok(&refine).stderr;
    assert!(
        told.contains("go on with `piton migration step add-api`"),
        "{told}"
    );
    let told = env
        .ok(&["migration", "reject", SLUG, "--reason", "x"])
        .stderr;
    assert!(told.contains("piton migration reopen add-api"), "{told}");
}

#[test]
fn what_goes_with_a_step_that_is_taken_back_is_named() {
    let env = TestEnv::planned(3);
    assert!(
        !env.ok(&["migration", "undo", SLUG, "--dry-run"])
            .stderr
            .contains("goes with")
    );
    env.repo.write("migrations/add-api/plan.md", "# Mine\n");
    env.repo.commit_all("words of my own");
    let ran = env.ok(&["migration", "undo", SLUG]);
    assert!(
        ran.stderr.contains("goes with the step: words of my own"),
        "{}",
        ran.shown()
    );
    assert_eq!(
        ran.stderr.matches("goes with").count(),
        1,
        "{}",
        ran.shown()
    );
}

#[test]
fn work_that_is_not_committed_is_in_everybodys_way_with_one_code_and_one_reason() {
    let env = TestEnv::planned(5);
    env.repo.write("migrations/add-api/notes.md", "mine\n");
    let before = env.repo.subjects();
    let script = env.script("good", GOOD);
    let mut step = strings(&["migration", "step", SLUG]);
    step.extend(script);
    for args in [
        step,
        strings(&[
            "migration",
            "refine",
            SLUG,
            "--record-only",
            "--message",
            "x",
        ]),
        strings(&["migration", "undo", SLUG]),
        strings(&["migration", "reject", SLUG, "--reason", "x"]),
        strings(&["migration", "rename", SLUG, "other"]),
        strings(&["migration", "archive", SLUG]),
        strings(&["migration", "delete", SLUG]),
    ] {
        let ran = env.run(&args);
        assert_eq!(ran.code, 1, "{args:?} {}", ran.shown());
        for told in [
            "not committed",
            "migrations/add-api/notes.md",
            "nothing was changed",
        ] {
            assert!(ran.stderr.contains(told), "{args:?} {}", ran.shown());
        }
    }
    assert_eq!(env.repo.subjects(), before);
    assert!(env.repo.exists("migrations/add-api/notes.md"));
}

#[test]
fn piped_lists_have_one_form_of_time() {
    let env = TestEnv::planned(2);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let text = env.repo.read("migrations/add-api/manifest.json");
    let at = text.find("\"last_touch\": \"").unwrap() + 15;
    let stamp = &text[at..at + 29];
    env.repo.write(
        "migrations/add-api/manifest.json",
        &text.replace(stamp, "2026-03-01T10:00:00.250+00:00"),
    );
    let listed = |args: &[&str], column: usize| -> String {
        let mut command = env.command(args);
        command.env("TZ", "Asia/Kolkata");
        let ran = env.finish(command.output().unwrap());
        let row = ran.stdout.lines().nth(1).unwrap();
        row.split('\t').nth(column).unwrap().to_owned()
    };
    assert_eq!(
        listed(&["migration", "list"], 4),
        "2026-03-01T15:30:00.250+05:30"
    );
    for (args, column) in [
        (&["migration", "log", SLUG][..], 1),
        (&["runs", "list"], 2),
        (&["journal", "list"], 1),
    ] {
        let at = listed(args, column);
        assert!(at.len() == 29 && at.ends_with("+05:30"), "{args:?} {at}");
    }
}

#[test]
fn a_plan_is_read_and_what_changed_is_shown() {
    let env = TestEnv::planned(5);
    let plan = env.ok(&["migration", "open", SLUG]).stdout;
    assert!(plan.starts_with("# The plan"), "{plan}");
    assert!(plan.contains("## Definition of Done"), "{plan}");
    let diff = env.ok(&["migration", "diff", SLUG]).stdout;
    assert!(diff.contains("phase-2-tests.md"), "{diff}");
    let ran = env.run(&["migration", "open", SLUG, "nothing.md"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("plan.md"), "{}", ran.stderr);
}

#[test]
fn one_screen_tells_what_waits_for_whom() {
    let env = TestEnv::waiting();
    let shown = env.ok(&["status"]).stdout;
    assert!(
        shown.starts_with("waiting for you\n  add-api: touches the public API\n"),
        "{shown}"
    );
    assert!(shown.contains("piton migration review add-api"), "{shown}");
    assert!(shown.lines().all(|line| line.len() <= 80), "{shown}");
    // Without a command it is the same screen.
    let none: [&str; 0] = [];
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    assert_eq!(first(&env.ok(&none).stdout), first(&shown));
    let json = env.ok(&["status", "--json"]).json();
    assert_eq!(json["waiting"][0]["slug"], SLUG);
    assert_eq!(json["wrong"], serde_json::json!([]));
    assert_eq!(
        env.ok(&["status", "--porcelain"]).stdout,
        "ready 0 planning 0 waiting 1 broken 0\n"
    );
    for file in ["manifest.json", "plan.md", "phase-1-facade.md"] {
        let from = format!("migrations/add-api/{file}");
        let text = env.repo.read(&from).replace("\"add-api\"", "\"two\"");
        let text = text.replace(
            "\"awaiting_human_review\": true",
            "\"awaiting_human_review\": false",
        );
        env.repo.write(&format!("migrations/two/{file}"), &text);
    }
    env.repo.write("migrations/broken/manifest.json", "{");
    let shown = env.ok(&["status"]).stdout;
    assert!(shown.contains("piton migration doctor broken"), "{shown}");
    assert_eq!(shown.matches("piton run --focus").count(), 1, "{shown}");
}

#[test]
fn the_next_step_is_named_after_each_decision() {
    let env = TestEnv::waiting();
    let ran = env.ok(&["migration", "approve", SLUG]);
    let told = "hint: carry it out with `piton run --focus-on-live-migrations`\n";
    assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    let refine = [
        "migration",
        "refine",
        SLUG,
        "--message",
        "x",
        "--record-only",
    ];
    let ran = env.ok(&refine);
    let told = "hint: `piton migration step add-api` takes it up\n";
    assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    // What changes nothing has no next step.
    let dry = [&refine[..], &["--dry-run"]].concat();
    assert!(!env.ok(&dry).stderr.contains("`piton migration step"));
}

#[test]
fn an_agent_whose_name_is_misspelt_is_suggested() {
    let env = TestEnv::planned(0);
    let ran = env.run(&["migration", "step", SLUG, "--with", "clade"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stderr.contains("did you mean `claude`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_cannot_go_on_is_wrong_here_and_not_the_next_thing_to_do() {
    let env = TestEnv::planned(7);
    env.edit_manifest("status", "planning".into());
    env.repo.commit_all("by hand");
    let shown = env.ok(&["status"]).stdout;
    assert!(
        shown.starts_with(
            "wrong here\n  add-api: its planning has ended, and its manifest does not know\n      \
             piton migration doctor add-api\n"
        ),
        "{shown}"
    );
    assert_eq!(
        env.ok(&["status", "--porcelain"]).stdout,
        "ready 0 planning 0 waiting 0 broken 1\n"
    );
}

#[test]
fn a_refusal_says_a_fact_once_and_what_to_do() {
    let env = TestEnv::planned(7);
    for (arguments, told) in [
        (
            &["migration", "step", SLUG][..],
            "error: could not plan add-api: it is ready; nothing was changed\n  \
             hint: its plan is done; `piton migration refine add-api` reopens it\n",
        ),
        (
            &["migration", "approve", SLUG],
            "error: could not decide about add-api: it is not awaiting approval (status: \
             ready); nothing was changed\n  hint: `piton run --focus-on-live-migrations` carries out what is ready\n",
        ),
        (
            &["migration", "new", SLUG, "--target", "x"],
            "error: could not plan add-api: a migration named add-api already exists; nothing was changed\n  \
             hint: choose another name, or go on with `piton migration step add-api`\n",
        ),
        (
            &["migration", "wake", SLUG],
            "error: could not decide about add-api: it is not deferred; nothing was changed\n  hint: \
             `piton run --focus-on-live-migrations --dry-run` says what comes next\n",
        ),
    ] {
        let ran = env.run(arguments);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    }
    let _ = env.ok(&["migration", "reject", SLUG, "--reason", "no"]);
    for arguments in [
        &["migration", "step", SLUG][..],
        &[
            "migration",
            "refine",
            SLUG,
            "--message",
            "x",
            "--record-only",
        ],
    ] {
        let ran = env.run(arguments);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(
            ran.stderr.contains("piton migration reopen add-api"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn the_plan_that_was_asked_for_is_shown_however_quiet() {
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    let script: Vec<&str> = script.iter().map(String::as_str).collect();
    let asked = [
        vec![
            "migration",
            "refine",
            SLUG,
            "--record-only",
            "--message",
            "x",
            "--dry-run",
        ],
        [&["migration", "step", SLUG, "--dry-run"][..], &script].concat(),
        vec!["migration", "new", "--target", "y", "--dry-run"],
        vec!["init", "--taste", "t.md", "--dry-run"],
    ];
    for arguments in asked {
        let loud = env.ok(&arguments).stdout;
        assert!(loud.contains("nothing is changed"), "{loud}");
        for quiet in ["-Q", "-QQ"] {
            let ran = env.ok(&[&[quiet], &arguments[..]].concat());
            assert_eq!(ran.stdout, loud, "{quiet}");
        }
    }
}

#[test]
fn no_line_of_the_doctor_is_wider_than_the_terminal() {
    let env = TestEnv::staged();
    env.without_the_agent();
    let ran = env.run(&["doctor"]);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words(&ran.stdout).contains("or set agents.claude.program"),
        "{}",
        ran.stdout
    );
    for line in ran.stdout.lines() {
        assert!(line.len() <= 80 || !line.trim().contains(' '), "{line}");
    }
}

#[test]
fn the_surroundings_are_checked_and_each_fault_has_its_way_out() {
    let env = TestEnv::staged();
    let ran = env.run(&["doctor", "--json"]);
    let checks = ran.json()["checks"].clone();
    let named = |name: &str| {
        let all = checks.as_array().unwrap();
        all.iter()
            .find(|check| check["name"] == name)
            .unwrap()
            .clone()
    };
    for name in ["git", "repository", "identity", "file system", "terminal"] {
        assert_eq!(named(name)["status"], "ok", "{name}: {checks:#}");
    }
    for check in checks.as_array().unwrap() {
        if check["status"] != "ok" {
            assert!(check["way_out"].is_string(), "{check:#}");
        }
    }
}

#[test]
fn a_missing_identity_is_told_before_anything_is_written() {
    let env = TestEnv::staged();
    env.repo.git(&["config", "--unset", "user.name"]);
    env.repo.git(&["config", "--unset", "user.email"]);
    env.repo.git(&["config", "user.useConfigOnly", "true"]);
    let ran = env.run(&["migration", "new", "--target", "x"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(!env.repo.exists("migrations/x"), "{}", ran.shown());
    assert!(ran.stderr.contains("user.email"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
}

#[test]
fn what_work_will_need_first_is_told_in_one_line_each() {
    let env = TestEnv::with_cargo_project();
    env.without_the_agent();
    let told = |ran: &crate::env::Ran, about: &str| {
        let lines = ran.stderr.lines();
        lines.filter(|line| line.contains(about)).count()
    };
    let ran = env.ok(&["init", "--validation-command", "no-such-check --all"]);
    assert_eq!(
        told(&ran, "there is no program no-such-check"),
        1,
        "{}",
        ran.stderr
    );
    assert_eq!(
        told(&ran, "the agent's program no-such-agent is not there"),
        1,
        "{}",
        ran.stderr
    );
    env.repo.commit_all("piton");
    let new = ["migration", "new", "--target", "x"];
    let ran = env.ok(&new);
    assert_eq!(
        told(&ran, "the agent's program no-such-agent is not there"),
        1,
        "{}",
        ran.stderr
    );
    // Planned at once, it could not begin: nothing is begun.
    let before = env.picture();
    let ran = env.run(&[&new[..], &["--until", "ready"]].concat());
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("npm install -g"), "{}", ran.stderr);
    assert_eq!(env.picture(), before);
    // Whoever has both is told of neither.
    let ran = env.ok(&["init", "--validation-command", "sh -c true"]);
    assert_eq!(told(&ran, "validation command"), 0, "{}", ran.stderr);
    let script = env.script("good", GOOD);
    let with: Vec<&str> = new
        .into_iter()
        .chain(script.iter().map(String::as_str))
        .collect();
    assert_eq!(told(&env.ok(&with), "the agent's"), 0);
}

#[test]
fn a_failure_is_told_on_three_lines() {
    let env = TestEnv::planned(0);
    let script = env.one(
        "planning.approaches",
        "failure = \"limit-reached\"\nreply = \"weekly limit\"\nuntil = \"2030-01-01T00:00:00Z\"",
    );
    let ran = env.step(&script);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let about: Vec<&str> = ran
        .stdout
        .lines()
        .map(str::trim_start)
        .filter(|line| {
            ["failed", "hint:", "record:"]
                .iter()
                .any(|it| line.starts_with(it))
        })
        .collect();
    assert_eq!(about.len(), 3, "{}", ran.stdout);
    assert!(about[2].contains("`piton runs show "), "{}", about[2]);
    assert!(ran.stderr.contains("after 2030-01-01"), "{}", ran.stderr);

    // Whoever is not signed in is told how that agent is signed in to.
    let signed_out = env.step(&env.one(
        "planning.approaches",
        "failure = \"authentication\"\nreply = \"who are you?\"",
    ));
    assert_eq!(signed_out.code, 4);
    assert!(
        signed_out.stdout.contains("sign in with script"),
        "{}",
        signed_out.stdout
    );

    // A script that is refused is named.
    let refused = env.step(&env.script("broken", "x = = y"));
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("hint: mend $HOME/broken.toml"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("  |     ^"), "{}", refused.stderr);
}

#[test]
fn settings_that_are_wrong_are_shown_with_a_caret() {
    let env = TestEnv::new();
    for (text, told) in [
        (
            "migrations-dir = \"m\"\n[agent]\nuse = = 3\n",
            "3 | use = = 3\n    |       ^\n",
        ),
        (
            "# é\nmigrations-dri = \"m\"\n",
            "2 | migrations-dri = \"m\"\n    | ^\n",
        ),
        ("[agent]\n\tuse = 5\n", "2 |  use = 5\n    |        ^\n"),
    ] {
        env.repo.write("piton.toml", text);
        let ran = env.run(&["status"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(
            ran.stderr
                .starts_with("error: could not use $REPO/piton.toml, line ")
        );
    }
}
