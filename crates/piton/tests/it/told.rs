//! The words of refusals, failures and lists.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, refine};

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
            "error: could not change add-api: it is not awaiting approval (status: \
             ready); nothing was changed\n  hint: `piton run --focus-on-live-migrations` carries out what is ready\n",
        ),
        (
            &["migration", "new", SLUG, "--target", "x"],
            "error: could not plan add-api: a migration named add-api already exists; nothing was changed\n  \
             hint: choose another name, or continue with `piton migration step add-api`\n",
        ),
        (
            &["migration", "wake", SLUG],
            "error: could not change add-api: it is not deferred; nothing was changed\n  hint: \
             `piton run --focus-on-live-migrations --dry-run` says what comes next\n",
        ),
    ] {
        let ran = env.run(arguments);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    }
    let _ = env.ok(&["migration", "reject", SLUG, "--reason", "no"]);
    for arguments in [&["migration", "step", SLUG][..], &refine("x")] {
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
        [&refine("x")[..], &["--dry-run"]].concat(),
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
        refused.stderr.contains("hint: correct $HOME/broken.toml"),
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
