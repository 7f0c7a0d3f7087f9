//! Planning from nothing to a plan that is ready, and every way to get stuck.

use std::os::unix::process::CommandExt as _;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings, until};

const STEPS: [&str; 7] = [
    "approaches",
    "pick-best",
    "expand",
    "review",
    "revise",
    "review-2",
    "final-review",
];

#[test]
fn a_migration_is_planned_from_nothing_a_step_and_a_commit_at_a_time() {
    let env = TestEnv::staged();
    let ran = env.ok(&["migration", "new", SLUG, "--target", "Put an API in front"]);
    assert!(
        ran.stderr.contains("piton migration step add-api"),
        "{}",
        ran.stderr
    );
    let script = env.script("good", GOOD);
    for step in STEPS {
        assert_eq!(env.cursor(), step);
        let ran = env.step(&script);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        env.assert_in_order();
        let message = env.repo.git(&["log", "-1", "--format=%B"]);
        let (subject, why) = message.split_once("\n\n").unwrap();
        assert_eq!(subject, format!("piton: planning/add-api/{step}"));
        let accepted = format!("Why:\nplanning.{step} accepted;");
        let decided = "Why:\nsmall and safe";
        assert!(
            why.starts_with(&accepted) || step == "final-review" && why.starts_with(decided),
            "{why}"
        );
    }
    let shown = env.show(SLUG);
    assert_eq!(shown["status"], "ready");
    assert_eq!(shown["current_phase"], "facade");
    let again = env.step(&script);
    assert_eq!(again.code, 2, "{}", again.shown());
    assert!(again.stderr.contains("refine add-api"), "{}", again.stderr);
}

/// Starts a migration and plans it to its end.
fn new_until_ready(env: &TestEnv) -> Vec<String> {
    let mut arguments = strings(&[
        "migration",
        "new",
        SLUG,
        "--target",
        "x",
        "--until",
        "ready",
    ]);
    arguments.extend(env.script("good", GOOD));
    arguments
}

#[test]
fn until_ready_makes_all_the_steps() {
    let env = TestEnv::staged();
    let ran = env.ok(&new_until_ready(&env));
    assert!(ran.stderr.contains("add-api is ready"), "{}", ran.stderr);
    assert_eq!(env.repo.subjects().len(), 3 + 1 + STEPS.len());
    env.assert_in_order();
}

#[test]
fn until_ready_prints_one_document_with_json() {
    let env = TestEnv::staged();
    let mut arguments = new_until_ready(&env);
    arguments.push("--json".into());
    let document = env.ok(&arguments).json();
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1 + STEPS.len());
    assert_eq!(steps[7]["plan"]["command"], "migration step add-api");
    assert_eq!(document["slug"], SLUG);
    assert_eq!(document["status"], "ready");
    assert_eq!(document["next"]["kind"], "phase");
    assert_eq!(
        document["commit"],
        env.repo.git(&["rev-parse", "HEAD"]).trim()
    );
    assert_eq!(document["run"], steps[7]["run"]);
}

#[test]
fn what_fails_on_the_way_is_in_the_one_document_too() {
    let env = TestEnv::planned(0);
    let mut arguments = strings(&["migration", "step", SLUG, "--until", "ready", "--json"]);
    arguments.extend(env.one("planning.approaches", "done"));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert_eq!(ran.error()["kind"], "io");
    assert_eq!(ran.json()["status"], "planning");

    let mut arguments = strings(&["migration", "refine", SLUG, "--message", "x", "--json"]);
    arguments.extend(strings(&[
        "--with",
        "command",
        "--agent-command",
        "/no/such/agent",
    ]));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let document = ran.json();
    assert_eq!(document["steps"].as_array().unwrap().len(), 1);
    assert_eq!(ran.error()["kind"], "usage");
}

#[test]
fn a_call_that_comes_to_nothing_leaves_everything_as_it_was() {
    let cases = [
        (
            "failure = \"crashed\"\nreply = \"it broke\"",
            1,
            "run again",
        ),
        ("failure = \"refused\"\nreply = \"I will not\"", 1, "refus"),
        (
            "failure = \"limit-reached\"\nreply = \"weekly limit\"\nuntil = \"2030-01-01T00:00:00Z\"",
            7,
            "2030-01-01",
        ),
        (
            "failure = \"authentication\"\nreply = \"not signed in\"",
            4,
            "sign in",
        ),
        ("failure = \"outage\"\nreply = \"overloaded\"", 1, "again"),
        ("reply = \"done, but wrote nothing\"", 1, "no approach"),
    ];
    let env = TestEnv::planned(0);
    let before = env.picture();
    for (reply, code, told) in cases {
        let ran = env.step(&env.one("planning.approaches", reply));
        assert_eq!(ran.code, code, "{reply}\n{}", ran.shown());
        assert!(ran.stdout.contains(told), "{reply}\n{}", ran.shown());
        assert!(
            ran.stdout.contains("record:  `piton runs show "),
            "{}",
            ran.shown()
        );
        assert!(env.picture() == before, "{reply} changed something");
    }
    let records = env.path().join(".git/piton/runs").read_dir().unwrap();
    let summaries: Vec<String> = records
        .filter_map(|entry| {
            std::fs::read_to_string(entry.unwrap().path().join("summary.json")).ok()
        })
        .collect();
    let ended = |status: &str| {
        summaries
            .iter()
            .filter(|text| text.contains(status))
            .count()
    };
    // Four calls failed and one met a limit; the sixth agent said that it was done.
    let all = ["agent_failed", "limit_reached", "migration_failed"];
    let counted = all.map(|status| ended(&format!("\"{status}\"")));
    assert_eq!(counted, [4, 1, 1]);
    assert_eq!(env.cursor(), "approaches");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

/// A plan whose second review still has findings.
fn stuck() -> TestEnv {
    let env = TestEnv::planned(5);
    let mut script = env.one(
        "planning.review-2",
        "1. still no tests\n\nreview-verdict: findings",
    );
    script.extend(strings(&["--until", "ready"]));
    let ran = env.step(&script);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.contains("waits for a person")
            && ran.stderr.contains("migration review add-api"),
        "{}",
        ran.stderr
    );
    env.assert_in_order();
    env
}

#[test]
fn a_second_review_with_findings_goes_to_a_person_and_no_step_goes_past_one() {
    let env = stuck();
    let before = env.picture();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.contains("piton migration review add-api"),
        "{}",
        ran.stderr
    );

    let ran = env.run(&["migration", "review", SLUG]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(ran.stdout.contains("still no tests"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("migration approve"), "{}", ran.stdout);
    let json = env.run(&["migration", "review", SLUG, "--json"]).json();
    assert_eq!(json["awaiting_human_review"], true);
    assert_eq!(json["choices"], serde_json::json!(["refine", "reject"]));

    let ran = env.run(&["migration", "approve", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("has findings"), "{}", ran.stderr);
    assert!(env.picture() == before);
}

#[test]
fn refining_takes_a_stuck_plan_up_again() {
    let env = stuck();
    let mut arguments = strings(&[
        "migration",
        "refine",
        SLUG,
        "--message",
        "test the facade alone",
    ]);
    arguments.extend(env.script("good", GOOD));
    let ran = env.ok(&arguments);
    assert!(
        ran.stderr.contains("asking script for revise"),
        "{}",
        ran.stderr
    );
    let shown = env.show(SLUG);
    assert_eq!(shown["awaiting_human_review"], false);
    assert_eq!(shown["planning"]["next_step"], "review-2");
    assert_eq!(
        shown["planning"]["feedback"][0]["text"],
        "test the facade alone"
    );
    env.assert_in_order();
}

#[test]
fn a_rejected_plan_stays_as_a_record() {
    for env in [stuck(), TestEnv::waiting(), TestEnv::planned(2)] {
        let blank = env.run(&["migration", "reject", SLUG, "--reason", " "]);
        assert_eq!(blank.code, 2, "{}", blank.shown());
        let _ = env.ok(&["migration", "reject", SLUG, "--reason", "not worth it"]);
        assert_eq!(env.show(SLUG)["status"], "skipped");
        let note = env.repo.read("migrations/add-api/intentional-skip.md");
        assert!(note.contains("not worth it"), "{note}");
        env.assert_in_order();
        let before = env.picture();
        for command in ["step", "approve"] {
            let ran = env.run(&["migration", command, SLUG]);
            assert_eq!(ran.code, 2, "{}", ran.shown());
            assert!(ran.stderr.contains("skipped"), "{}", ran.stderr);
        }
        assert!(env.picture() == before);
    }
}

#[test]
fn an_approved_plan_is_ready() {
    let env = TestEnv::waiting();
    let shown = env.show(SLUG);
    assert_eq!(
        (&shown["status"], &shown["awaiting_human_review"]),
        (&"ready".into(), &true.into())
    );
    let rows = env.ok(&["migration", "list", "--awaiting-review", "--no-headers"]);
    assert!(
        rows.stdout.contains("touches the public API"),
        "{}",
        rows.stdout
    );
    let _ = env.ok(&["migration", "approve", SLUG]);
    let shown = env.show(SLUG);
    assert_eq!(
        (&shown["status"], &shown["awaiting_human_review"]),
        (&"ready".into(), &false.into())
    );
    assert_eq!(
        env.ok(&["migration", "list", "--awaiting-review", "--no-headers"])
            .stdout,
        ""
    );
    env.assert_in_order();
    let ran = env.run(&["migration", "approve", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

#[test]
fn feedback_is_kept_when_the_agent_fails() {
    let env = TestEnv::planned(7);
    let mut arguments = strings(&["migration", "refine", SLUG, "--message", "smaller steps"]);
    arguments.extend(env.one(
        "planning.revise",
        "failure = \"crashed\"\nreply = \"it broke\"",
    ));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let shown = env.show(SLUG);
    assert_eq!(shown["planning"]["feedback"][0]["text"], "smaller steps");
    assert_eq!(shown["planning"]["next_step"], "revise");
    env.assert_in_order();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let prompts = env.kept("runs");
    assert!(prompts.contains("smaller steps"));
}

#[test]
fn a_saved_step_is_made_later_and_refused_when_the_migration_moved_on() {
    let env = TestEnv::planned(1);
    let save = |name: &str| {
        let mut script = env.script("good", GOOD);
        let path = env.home.path().join(name).display().to_string();
        script.extend(["--plan-out".to_owned(), path.clone()]);
        let ran = env.step(&script);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        path
    };
    let (first, second) = (save("first.json"), save("second.json"));
    let _ = env.ok(&["apply", &first]);
    assert_eq!(env.cursor(), "expand");
    env.assert_in_order();
    let before = env.picture();
    let ran = env.run(&["apply", &second]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(env.picture() == before);
}

#[test]
fn a_hook_that_hears_of_a_planning_commit_can_change_nothing_any_more() {
    let env = TestEnv::planned(0);
    let heard = env.home.path().join("heard");
    env.repo.hook(
        "post-commit",
        &format!(
            "#!/bin/sh\necho more >>migrations/add-api/approaches/facade.md\ngit log -1 --format=%s >>{}\n",
            heard.display()
        ),
    );
    let unsealed = [
        env.script("good", GOOD),
        vec!["--seal".into(), "off".into()],
    ]
    .concat();
    let ran = env.step(&unsealed);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let heard = std::fs::read_to_string(heard).unwrap_or_default();
    assert_eq!(heard, format!("{}\n", env.repo.subjects()[0]));
    env.assert_in_order();
}

#[test]
fn a_hook_that_refuses_a_planning_commit_comes_before_anything_is_published() {
    let env = TestEnv::planned(0);
    env.repo.hook(
        "pre-commit",
        "#!/bin/sh\necho 'no commits on Fridays' >&2\nexit 1\n",
    );
    let before = env.picture();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(env.picture() == before);
    assert!(
        ran.stdout.contains("no commits on Fridays"),
        "{}",
        ran.shown()
    );
    assert!(!ran.stdout.contains("\\u{a}"), "{}", ran.shown());
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
}

#[test]
fn hooks_see_a_planning_commit_sealed_and_what_they_make_of_it_is_committed() {
    if piton_seal::Support::observe(piton_seal::Network::On).landlock < piton_seal::Support::LEAST {
        return;
    }
    let env = TestEnv::planned(0);
    // As a hook does that runs what an agent may have written.
    env.repo.hook(
        "pre-commit",
        "#!/bin/sh\n\
         R=$(dirname \"$(dirname \"$(dirname \"$0\")\")\")\n\
         (echo x >>$R/README.md; git -C $R branch sneaky; echo x >$R/new) 2>/dev/null\n\
         test \"$PWD\" != $R || exit 1\n\
         git diff --cached --name-only | grep -q approaches/facade.md || exit 1\n\
         test \"$(git rev-parse HEAD)\" = \"$(git -C $R rev-parse HEAD)\" || exit 1\n\
         grep -q mended migrations/add-api/approaches/facade.md && exit 0\n\
         echo mended >>migrations/add-api/approaches/facade.md; exit 1\n",
    );
    env.repo.hook(
        "commit-msg",
        "#!/bin/sh\necho 'Signed-off-by: A Tester' >>\"$1\"\n",
    );
    let before = (env.repo.read("README.md"), env.repo.git(&["branch"]));
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(
        (env.repo.read("README.md"), env.repo.git(&["branch"])),
        before
    );
    assert!(!env.repo.exists("new"));
    let facade = env
        .repo
        .git(&["show", "HEAD:migrations/add-api/approaches/facade.md"]);
    assert!(facade.ends_with("mended\n"), "{facade}");
    let message = env.repo.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("Signed-off-by: A Tester"), "{message}");
    env.assert_in_order();
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Interrupts a step while its agent works.
fn interrupt(env: &TestEnv, name: &str) -> Ran {
    let child = env.begin_step(&env.fake(&["prompt", "child", "session", "hang"]));
    until("the agent is at work", || {
        std::fs::read_to_string(env.home.path().join("pids"))
            .is_ok_and(|pids| pids.lines().count() == 3)
    });
    signal(&child, name);
    env.finish(child.wait_with_output().unwrap())
}

#[test]
fn an_interrupt_ends_the_agent_and_changes_nothing() {
    let env = TestEnv::planned(1);
    let before = env.picture();
    for name in ["INT", "TERM", "HUP"] {
        let ran = interrupt(&env, name);
        assert_eq!(ran.code, 130, "{}", ran.shown());
        assert!(env.picture() == before, "{name} changed something");
        env.assert_nothing_runs();
    }
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
}

#[test]
fn what_was_interrupted_is_carried_on_from_its_journal() {
    let env = TestEnv::planned(1);
    let ran = interrupt(&env, "INT");
    assert!(
        ran.stderr.contains("run the command again"),
        "{}",
        ran.stderr
    );
    // Its journal can be gone on with as well. The agent of that plan hangs; another one answers under its name.
    std::fs::write(
        env.home.path().join("fake-agent"),
        "#!/bin/sh\ncat >/dev/null\necho 'Chosen approach: facade'\n",
    )
    .unwrap();
    let _ = env.ok(&["journal", "resume"]);
    assert_eq!(env.cursor(), "expand");
    env.assert_in_order();
}

#[test]
fn a_killed_pitons_agent_is_ended_by_the_next_command_that_writes() {
    let env = TestEnv::planned(1);
    let mut child = env.begin_step(&env.fake(&["prompt", "child", "session", "hang"]));
    until("the agent is at work", || {
        std::fs::read_to_string(env.home.path().join("pids"))
            .is_ok_and(|pids| pids.lines().count() == 3)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!env.left_running().is_empty());
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stderr.contains("outlived its piton"), "{}", ran.stderr);
    env.assert_nothing_runs();
    env.assert_in_order();
}

#[test]
fn killed_at_any_time_the_next_step_just_works_and_nothing_accepted_is_lost() {
    let env = TestEnv::staged();
    // The agent gives every delay something to hit.
    let slow = env.shell_agent("sleep 0.04");
    let quick = env.shell_agent(":");
    let mut migrations = 0;
    let mut slug = String::new();
    let mut ready = true;
    let mut head = env.repo.git(&["rev-parse", "HEAD"]);
    for nth in 0..21_u64 {
        if ready {
            migrations += 1;
            slug = format!("killed-{migrations}");
            let _ = env.ok(&["migration", "new", &slug, "--target", "x"]);
        }
        let step = |agent: &[String]| {
            let mut arguments = strings(&["migration", "step", &slug]);
            arguments.extend_from_slice(agent);
            arguments
        };
        let mut child = env
            .command(&step(&slow))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let delay = Duration::from_millis(5 + (nth * 67) % 331);
        until("it is time, or over", || {
            begun.elapsed() >= delay || child.try_wait().unwrap().is_some()
        });
        // It may be over already. Every third time git is killed as well.
        if nth % 3 == 0 {
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &format!("-{}", child.id())])
                .output();
        }
        let _ = child.kill();
        child.wait().unwrap();
        let accepted = env.repo.subjects().len();
        env.repo
            .git(&["merge-base", "--is-ancestor", head.trim(), "HEAD"]);
        // Every other kill is followed by the next one without a rest.
        if nth % 2 == 1 {
            let ran = env.run(&step(&quick));
            let was_ready = ran.code == 2 && ran.stderr.contains("is ready");
            assert!(
                ran.code == 0 || was_ready,
                "after {delay:?}: {}",
                ran.shown()
            );
            env.assert_in_order();
            env.assert_nothing_runs();
            let commits = env
                .repo
                .subjects()
                .iter()
                .filter(|subject| subject.starts_with(&format!("piton: planning/{slug}/")))
                .count();
            let shown = env.show(&slug);
            let completed = shown["planning"]["completed"].as_array().unwrap().len();
            assert_eq!(completed, commits, "after {delay:?}: {}", ran.shown());
            assert!(env.repo.subjects().len() >= accepted, "{}", ran.shown());
            let candidates = env.path().join(".git/piton/work/candidates");
            let left = candidates.read_dir().map_or(0, Iterator::count);
            assert_eq!(
                left,
                0,
                "candidates of the dead are left after {delay:?}: {}",
                ran.shown()
            );
        }
        head = env.repo.git(&["rev-parse", "HEAD"]);
        ready = env
            .run(&["migration", "list", "--status", "ready", "--no-headers"])
            .stdout
            .contains(&slug);
    }
}

#[test]
fn a_choice_that_is_none_fails_the_step_and_names_what_there_is() {
    let env = TestEnv::planned(1);
    let before = env.picture();
    for reply in [
        "Chosen approach: a third way",
        "Chosen approach: facade and rewrite",
        "Chosen approach: facade\nChosen approach: rewrite",
    ] {
        let ran = env.step(&env.one("planning.pick-best", reply));
        assert_eq!(ran.code, 1, "{reply}\n{}", ran.shown());
        assert!(
            ran.stdout.contains("which are facade, rewrite"),
            "{reply}\n{}",
            ran.shown()
        );
    }
    assert_eq!(env.picture(), before);
}

#[test]
fn one_approach_alone_is_no_choice() {
    let env = TestEnv::planned(0);
    let edit = |name: &str, text: &str| {
        format!("[[step.edit]]\npath = \"approaches/{name}.md\"\nwrite = \"{text}\"\n")
    };
    let before = env.picture();
    for edits in [
        edit("facade", "a"),
        edit("facade", "a") + &edit("rewrite", " "),
        edit("facade", "a") + &edit("rewrite", "a\\n"),
    ] {
        let ran = env.step(&env.one("planning.approaches", &format!("reply = \"ok\"\n{edits}")));
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(
            ran.stdout
                .contains("one approach alone (facade), and a choice needs at least two"),
            "{}",
            ran.shown()
        );
    }
    assert_eq!(env.picture(), before);
}
