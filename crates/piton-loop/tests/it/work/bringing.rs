//! How accepted work lands beside what happened meanwhile.

use std::fs;

use piton_durable::RealDisk;
use piton_git::GitRead;
use piton_loop::work::accepted::{Held, notes};
use piton_loop::work::land::Brought;
use piton_loop::work::{Accepted, Worked, prove};

use crate::work::{Scene, phase_that_writes, refactor_that_writes, taken};

#[test]
fn accepted_work_whose_path_is_in_the_way_waits_and_lands_later() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.scratch.write("src/lib.rs", "being edited\n");
    let Brought::Waits { reason, hint } = scene.bring(&work) else {
        panic!("it cannot land");
    };
    assert_eq!(reason, "in the way is src/lib.rs (changed)");
    assert!(hint.unwrap().contains("lands with the next command"));
    assert_eq!(scene.scratch.read("src/lib.rs"), "being edited\n");
    scene.scratch.git(&["restore", "src/lib.rs"]);
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert!(matches!(scene.bring(held), Brought::Landed { .. }));
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
}

#[test]
fn work_on_more_files_than_a_note_has_room_for_is_held_like_any_other() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    let files = (0..100_000).map(|n| format!("src/\u{1}{n:020}.rs"));
    let large = Accepted {
        files: files.collect(),
        ..work
    };
    large
        .hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("its note cannot be read");
    };
    assert!(!held.files.is_empty());
    assert!(matches!(scene.bring(held), Brought::Landed { .. }));
}

#[test]
fn work_whose_note_is_newer_or_torn_is_named_and_not_guessed_at() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    let note = notes(&scene.state()).join(format!("{}.json", work.name));
    let text = fs::read_to_string(&note).unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_ne!(newer, text);
    for spoilt in [&newer, &text[..text.len() / 2], ""] {
        fs::write(&note, spoilt).unwrap();
        let (name, commit) = (work.name.clone(), work.commit.clone());
        assert_eq!(scene.unlanded(), [Held::Lost { name, commit }], "{spoilt}");
    }
    fs::remove_file(&note).unwrap();
    fs::create_dir(&note).unwrap();
    let (name, commit) = (work.name.clone(), work.commit.clone());
    assert_eq!(scene.unlanded(), [Held::Lost { name, commit }], "no file");
    fs::remove_dir(&note).unwrap();
    fs::write(&note, &text).unwrap();
    assert_eq!(scene.unlanded(), [Held::Work(Box::new(work))]);
}

#[test]
fn work_that_was_put_on_top_and_cut_off_before_it_was_held_so_lands_all_the_same() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("meanwhile");
    let tip = scene.repository().head().unwrap().unwrap();
    // The note speaks of what was to be held, and the reference of what is.
    let on_top = Accepted {
        base: tip.clone(),
        commit: tip,
        ..work.clone()
    };
    on_top
        .hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    let reference = format!("refs/piton/unlanded/{}", work.name);
    scene
        .scratch
        .git(&["update-ref", &reference, work.commit.as_str()]);
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert_eq!(**held, work);
    let brought = scene.bring(held);
    assert!(matches!(brought, Brought::Landed { .. }), "{brought:?}");
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
    assert_eq!(scene.scratch.read("src/other.rs"), "the user's\n");
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn work_that_landed_before_a_kill_is_let_go_and_does_not_land_twice() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.bring(&work);
    work.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("later");
    work.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    assert_eq!(
        scene.scratch.subjects()[..2],
        ["later", "piton: random files"]
    );
    assert_eq!(scene.unlanded(), []);
    // Nor is it in the way of what the user makes of it since.
    scene.scratch.write("src/lib.rs", "better still\n");
    work.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    assert_eq!(scene.scratch.read("src/lib.rs"), "better still\n");
    assert_eq!(scene.unlanded(), []);
    // Nor where nothing could land now.
    scene.scratch.git(&["bisect", "start"]);
    work.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn work_lands_on_a_branch_whose_last_commit_the_user_amended() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.scratch.write("src/other.rs", "the user's\n");
    let amend = ["commit", "--quiet", "--all", "--amend", "--message", "mine"];
    scene.scratch.git(&amend);
    let brought = scene.bring(&work);
    assert!(
        matches!(brought, Brought::Landed { rebased: true, .. }),
        "{brought:?}"
    );
    assert_eq!(
        scene.scratch.subjects()[..2],
        ["piton: random files", "mine"]
    );
    assert_eq!(scene.scratch.read("src/other.rs"), "the user's\n");
}

#[test]
fn work_lands_on_top_of_what_the_user_committed_meanwhile_if_it_is_green_there() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("meanwhile");
    assert!(matches!(
        scene.bring(&work),
        Brought::Landed { rebased: true, .. }
    ));
    assert_eq!(
        scene.scratch.subjects()[..2],
        ["piton: random files", "meanwhile"]
    );
    assert_eq!(scene.scratch.status(), "");

    let work = taken(scene.refactor(&refactor_that_writes("best\n", "done")));
    scene.scratch.write("src/other.rs", "BROKEN\n");
    scene.scratch.commit_all("the user broke it");
    assert!(matches!(scene.bring(&work), Brought::Red { .. }));
    assert_eq!(scene.scratch.subjects()[0], "the user broke it");
    assert_eq!(scene.unlanded(), []);
    scene.scratch.git(&["reset", "--quiet", "--hard", "HEAD~1"]);

    let work = taken(scene.refactor(&refactor_that_writes("best\n", "done")));
    scene.scratch.write("src/lib.rs", "the user's own\n");
    scene.scratch.commit_all("the same place");
    assert_eq!(scene.bring(&work), Brought::Conflict);
    assert_eq!(scene.scratch.read("src/lib.rs"), "the user's own\n");
}

#[test]
fn the_user_s_hooks_see_what_is_to_land_and_what_they_change_is_proved_again() {
    let scene = Scene::new();
    // A relative path to the hooks means the user's own, whatever an agent puts there.
    scene.scratch.write("hooks/pre-commit", "#!/bin/sh\ngit diff --cached --name-only >> \"$SEEN\"\nsed -i s/better/best/ src/lib.rs\ngit add src/lib.rs\n".replace("$SEEN", &scene.slots.path().join("seen").display().to_string()).as_str());
    scene.scratch.write(
        "hooks/commit-msg",
        "#!/bin/sh\necho 'Signed-off-by: A Tester' >> \"$1\"\n",
    );
    for hook in ["pre-commit", "commit-msg"] {
        let path = scene.scratch.path().join("hooks").join(hook);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(path, mode).unwrap();
    }
    scene.scratch.git(&["config", "core.hooksPath", "hooks"]);
    scene.scratch.git(&["add", "--all"]);
    scene
        .scratch
        .git(&["commit", "--quiet", "--no-verify", "-m", "hooks"]);
    let script = refactor_that_writes("better\n", "done")
        .writes("hooks/pre-commit", "#!/bin/sh\ntouch planted\n");
    let work = taken(scene.refactor(&script));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "best\n");
    assert!(!scene.scratch.exists("planted"));
    let message = scene.scratch.git(&["log", "-1", "--format=%B"]);
    assert!(
        message
            .lines()
            .any(|line| line == "Signed-off-by: A Tester"),
        "{message}"
    );
    let seen = fs::read_to_string(scene.slots.path().join("seen")).unwrap();
    assert_eq!(seen, "hooks/pre-commit\nsrc/lib.rs\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn a_hook_that_says_no_is_a_failed_attempt_with_its_output() {
    let mut scene = Scene::new();
    scene.tries = 2;
    scene
        .scratch
        .hook("pre-commit", "#!/bin/sh\necho no such luck >&2\nexit 1\n");
    let worked = scene.refactor(&refactor_that_writes("better\n", "done"));
    assert!(
        matches!(&worked, Worked::Failed { failure, .. } if failure.story.contains("no such luck")),
        "{worked:?}"
    );
    assert_eq!(scene.snapshots().len(), 2);
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn the_hook_that_hears_of_commits_hears_of_what_landed() {
    let scene = Scene::new();
    let heard = scene.slots.path().join("heard");
    let script = format!("#!/bin/sh\ngit log -1 --format=%s >> {}\n", heard.display());
    scene.scratch.hook("post-commit", &script);
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.bring(&work);
    assert_eq!(fs::read_to_string(heard).unwrap(), "piton: random files\n");
}

#[test]
fn a_user_who_signs_gets_signed_commits_and_work_waits_where_that_fails() {
    let scene = Scene::new();
    let sign = |script: &str| {
        let path = scene.slots.path().join("gpg");
        fs::write(&path, script).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, mode).unwrap();
        let path = path.display().to_string();
        scene.scratch.git(&["config", "gpg.program", &path]);
        scene.scratch.git(&["config", "commit.gpgsign", "true"]);
    };
    sign("#!/bin/sh\ncat > /dev/null\necho no key >&2\nexit 1\n");
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    let Brought::Waits { reason, .. } = scene.bring(&work) else {
        panic!("it cannot be signed");
    };
    assert!(reason.contains("could not be signed"), "{reason}");
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    sign(
        "#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\necho fake\necho '-----END PGP SIGNATURE-----'\n",
    );
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert!(matches!(scene.bring(held), Brought::Landed { .. }));
    let raw = scene.scratch.git(&["cat-file", "commit", "HEAD"]);
    assert!(
        raw.contains("gpgsig -----BEGIN PGP SIGNATURE-----"),
        "{raw}"
    );
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn the_baseline_is_proved_once_for_each_tree() {
    let scene = Scene::new();
    let head = scene.head();
    let prove = |tree: &str| {
        scene.with("", |shop, run| {
            let proof = prove::baseline(shop, run, &head, tree).unwrap();
            (proof.verdict.is_good(), proof.record.is_some())
        })
    };
    assert_eq!(prove("t1"), (true, true));
    assert_eq!(prove("t1"), (true, false));
    assert_eq!(prove("t2"), (true, true));
}

#[test]
fn work_is_put_on_top_five_times_and_is_held_where_the_branch_still_moves() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    // Whoever validates sees the branch move meanwhile.
    let moves = format!(
        "git -C {} commit --quiet --allow-empty --message moved\n",
        scene.scratch.path().display()
    );
    scene.scratch.write("check.sh", &moves);
    scene.scratch.commit_all("the branch moves");
    let Brought::Waits { reason, .. } = scene.bring(&work) else {
        panic!("the branch is never where it was");
    };
    assert!(reason.contains("moves faster"), "{reason}");
    let moved = |subject: &String| subject == "moved";
    let subjects = scene.scratch.subjects();
    assert_eq!(subjects.into_iter().filter(moved).count(), 5);
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    scene.scratch.write("check.sh", "true\n");
    scene.scratch.commit_all("it stands still");
    let brought = scene.bring(held);
    assert!(
        matches!(brought, Brought::Landed { rebased: true, .. }),
        "{brought:?}"
    );
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
}

#[test]
fn a_migration_that_somebody_took_further_meanwhile_is_not_landed_over() {
    let scene = Scene::new();
    let work = taken(scene.phase(&phase_that_writes("tidy\n")));
    scene
        .scratch
        .write("migrations/tidy/notes.md", "a person's\n");
    scene.scratch.commit_all("feedback");
    assert_eq!(scene.bring(&work), Brought::Conflict);
    assert_eq!(scene.unlanded(), []);
}
