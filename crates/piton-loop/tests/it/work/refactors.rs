//! What comes of a target that an agent cleans up, or that is routed elsewhere.

use piton_durable::RealDisk;
use piton_loop::dilution;
use piton_loop::slots::SetupCommand;
use piton_loop::work::land::Brought;
use piton_loop::work::{Shop, Worked};
use piton_migration::live::load_manifest;
use piton_migration::manifest::Status;
use piton_migration::own::load_own;
use piton_testkit::Replies;

use crate::as_script::around;
use crate::work::{Scene, piece, refactor_that_writes, scripted, setup, taken};

#[test]
fn a_refactor_is_one_commit_or_none() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.bring(&work);
    assert_eq!(scene.scratch.subjects()[0], "piton: random files");
    assert_eq!(scene.scratch.status(), "");
    let worked = scene.refactor(&Replies::new().says("refactor", "nothing is worth it"));
    assert!(matches!(worked, Worked::Unchanged { .. }), "{worked:?}");
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn whatever_an_agent_asks_for_the_number_of_tries_is_bounded() {
    let mut scene = Scene::new();
    scene.tries = 3;
    for recommendation in ["same-target", "human-review", "none"] {
        let reply = format!(
            "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: retry\nretry_recommendation: {recommendation}\nEND_CONTINUOUS_REFACTORING_STATUS\n"
        );
        let before = scene.snapshots().len();
        let worked = scene.refactor(&refactor_that_writes("x\n", &reply));
        assert!(matches!(worked, Worked::Failed { .. }), "{worked:?}");
        assert_eq!(scene.snapshots().len() - before, 3, "{recommendation}");
    }
}

#[test]
fn weakened_tests_go_back_to_the_agent_with_the_list_and_an_honest_second_try_lands() {
    let scene = Scene::new();
    scene.scratch.write(
        "src/test_lib.py",
        "def test_a():\n    assert f(1) == 2\n\n\ndef test_b():\n    assert f(2) == 3\n",
    );
    scene.scratch.commit_all("tests");
    let dishonest = Replies::new()
        .says("refactor", "done")
        .writes("src/test_lib.py", "def test_a():\n    assert f(1) == 2\n");
    // Although one try is allowed, what weakens tests goes back once.
    let worked = scene.refactor(&dishonest.clone().then(&dishonest));
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    assert_eq!(failure.kind.as_str(), "tests-weakened");
    assert!(failure.story.contains("test_b was deleted"), "{failure}");
    assert_eq!(scene.snapshots().len(), 2);
    let honest = refactor_that_writes("better\n", "done");
    let work = taken(scene.refactor(&dishonest.then(&honest)));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
    let prompts: Vec<String> = scene.prompts("refactor");
    let second = prompts.last().unwrap();
    assert!(second.contains("Every one of these tests has to be there"));
    assert!(
        second.contains("src/test_lib.py:5: the test test_b was deleted"),
        "{second}"
    );
}

#[test]
fn where_weakened_tests_are_only_told_the_work_lands() {
    let mut scene = Scene::new();
    scene
        .scratch
        .write("src/test_lib.py", "def test_a():\n    assert f(1) == 2\n");
    scene.scratch.commit_all("tests");
    scene.dilution = dilution::Policy::Report;
    let deletes = Replies::new()
        .says("refactor", "done")
        .writes("src/test_lib.py", "");
    taken(scene.refactor(&deletes));
}

/// Widens a target, and judges it.
fn routes(judgement: &str) -> Replies {
    let wide = "selected-candidate: local-cluster — they go together";
    Replies::new()
        .says("scope-expansion", wide)
        .says("classify", judgement)
}

#[test]
fn a_routed_target_is_widened_and_cleaned_up_or_becomes_a_migration() {
    let mut scene = Scene::new();
    scene.route = true;
    scene.scratch.write("src/lib.rs", "mod other;\n");
    scene.scratch.commit_all("they belong together");
    let clean = refactor_that_writes("routed\n", "done");
    let script = routes("decision: cohesive-cleanup — small").then(&clean);
    let work = taken(scene.refactor(&script));
    scene.bring(&work);
    let prompt = scene.prompts("refactor").pop().unwrap();
    assert!(prompt.contains("src/other.rs"), "{prompt}");
    // A migration is begun by one commit of its own; nothing else is asked.
    scene.scratch.write("src/lib.rs", "mod other;\n");
    scene.scratch.commit_all("again");
    let plan = routes("decision: needs-plan — it has steps");
    let work = taken(scene.refactor(&plan));
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    let subject = scene.scratch.subjects()[0].clone();
    assert_eq!(subject, "piton: plan random-files");
    let dir = scene.scratch.path().join("migrations/random-files");
    let manifest = load_manifest(&RealDisk, &dir).unwrap();
    assert_eq!(manifest.status(), Status::Planning);
    let target = load_own(&RealDisk, &dir).unwrap().unwrap().target.unwrap();
    assert_eq!(target.files, ["src/lib.rs", "src/other.rs"]);
    assert_eq!(scene.scratch.status(), "");
    // The next of that name gets another one.
    let work = taken(scene.refactor_of(&[], &plan));
    assert_eq!(work.slug.unwrap(), "random-files-2");
    // One that only lies there, in no commit, keeps its name as well.
    scene
        .scratch
        .write("migrations/random-files-2/plan.md", "mine\n");
    let work = taken(scene.refactor_of(&[], &plan));
    assert_eq!(work.slug.unwrap(), "random-files-3");
}

#[test]
fn more_than_the_settings_allow_is_not_taken_from_an_agent() {
    let scene = Scene::new();
    let script = refactor_that_writes("better\n", "done").writes("large.txt", "0123456789");
    let piece = piece();
    let start = scene.start();
    let worked = |most: u64| {
        scene.with(&script, |shop, run| {
            let mut slots = shop.slots.clone();
            slots.max_new = most;
            let shop = Shop {
                slots: &slots,
                ..shop.clone()
            };
            piece.work(&shop, run, &start)
        })
    };
    assert!(matches!(worked(17), Worked::Accepted(_)));
    let Worked::Failed { failure, .. } = worked(16) else {
        panic!("it was taken");
    };
    assert!(failure.story.contains("large.txt"), "{failure}");
}

#[test]
fn a_call_is_in_the_events_of_its_run_from_its_effort_to_its_end() {
    let scene = Scene::new();
    let piece = piece();
    let start = scene.start();
    let script = refactor_that_writes("better\n", "# Done\nit is better");
    let events = scene.with(&script, |shop, run| {
        let worked = piece.work(shop, run, &start);
        assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
        std::fs::read_to_string(run.dir().events()).unwrap()
    });
    let of_the_call: Vec<serde_json::Value> = (events.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &serde_json::Value| event["call_role"] == "refactor")
        .collect();
    let names: Vec<_> = of_the_call.iter().map(|it| &it["event"]).collect();
    assert_eq!(names, ["effort_resolved", "call_started", "call_finished"]);
    let end = &of_the_call[2];
    assert_eq!(end["call_status"], "finished");
    assert_eq!(end["answer"], "Done");
    assert_eq!(end["call"], of_the_call[1]["call"]);
}

#[test]
fn a_slot_is_set_up_before_the_work_and_an_agent_is_not_asked_where_that_fails() {
    let scene = Scene::new();
    let piece = piece();
    let start = scene.start();
    let worked = |setup: SetupCommand| {
        let script = refactor_that_writes("better\n", "done");
        scene.with(&script, |shop, run| {
            let mut slots = shop.slots.clone();
            slots.setup = Some(setup);
            let shop = Shop {
                slots: &slots,
                ..shop.clone()
            };
            piece.work(&shop, run, &start)
        })
    };
    let Worked::Failed { failure, .. } = worked(setup("echo no network here; exit 7")) else {
        panic!("it was worked on");
    };
    assert!(failure.story.contains("no network here"), "{failure}");
    assert!(scene.prompts("refactor").is_empty());
    assert!(matches!(worked(setup("true")), Worked::Accepted(_)));
    assert_eq!(scene.prompts("refactor").len(), 1);
}

#[test]
fn an_odd_answer_to_a_question_before_the_work_fails_that_work_and_nothing_else() {
    let mut scene = Scene::new();
    scene.route = true;
    let odd = Replies::new().says("classify", "perhaps");
    let worked = scene.refactor_of(&[], &odd);
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    assert!(
        failure.story.contains("the answer has no line"),
        "{failure}"
    );
    assert_eq!(scene.snapshots().len(), 1);
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn what_an_agent_did_to_the_repository_is_told_although_it_failed_as_well() {
    let scene = Scene::new();
    let hook = scene.scratch.path().join(".git/hooks/pre-commit");
    let fails = Replies::new().fails("refactor", "crashed", "boom");
    let agent = around(scripted(&fails), |_, _, play| {
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::copy("/bin/false", &hook).unwrap();
        play()
    });
    let worked = scene.refactor_by(&agent);
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    assert!(failure.story.contains(".git/hooks/pre-commit"), "{failure}");
    assert!(!hook.exists());
}
