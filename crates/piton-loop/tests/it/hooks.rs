//! The user's hooks, heard in a slot: what they see, and what is made of it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use piton_agent::sealing::SealTerms;
use piton_agent::{Host, Limits};
use piton_base::Stop;
use piton_durable::{Holder, RealDisk};
use piton_git::GitRead;
use piton_git::landing::UserHooks;
use piton_git::slot::{Setup, Slot};
use piton_loop::hooks::{Heard, HookRoom, Staged, Unheard};
use piton_loop::slots::SetupCommand;
use piton_seal::{Gap, Network, OwnCaches, Standing, Support, Wanted};

use crate::world::{World, holder};

struct Place {
    world: World,
    host: Host,
    holder: Holder,
    stop: Stop,
    /// Where hooks write down what they see, and where notes of them are.
    seen: tempfile::TempDir,
    notes: PathBuf,
}

impl Place {
    fn new() -> Self {
        let seen = tempfile::tempdir().unwrap();
        let notes = seen.path().join("notes");
        fs::create_dir(&notes).unwrap();
        Self {
            world: World::new(),
            host: Host::new(std::env::vars_os().filter(|(name, _)| name == "PATH")),
            holder: holder(),
            stop: Stop::default(),
            seen,
            notes,
        }
    }

    fn with<T>(&self, act: impl FnOnce(&HookRoom<'_>) -> T) -> T {
        // Tests run at once, and what runs under one name is ended together.
        let token = self.seen.path().file_name().unwrap().to_string_lossy();
        act(&HookRoom {
            disk: &RealDisk,
            repository: &self.world.git,
            clock: &self.world.clock,
            stop: &self.stop,
            host: &self.host,
            slots: &self.world.slots,
            holder: &self.holder,
            notes: &self.notes,
            record: self.seen.path(),
            token: token.trim_start_matches('.'),
            limits: Limits::default(),
        })
    }

    fn slot(&self) -> Result<Slot, Unheard> {
        let head = self.world.git.head().unwrap().unwrap();
        self.with(|room| room.slot(&head))
    }

    /// Writes files in a slot, and lets the hooks hear of what stands at `path`.
    fn hear(&self, files: &[(&str, &str)], path: &str) -> Result<Heard, Unheard> {
        let slot = self.slot()?;
        for (file, text) in files {
            let file = slot.dir().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let hooks = UserHooks::find(&self.world.git).unwrap().unwrap();
        let staged = Staged::Path(Path::new(path));
        self.with(|room| room.hear(&hooks, &slot, staged, "a change\n\nand why\n"))
    }

    /// Has a hook that writes down its name, and then does this.
    fn hook(&self, name: &str, script: &str) {
        let seen = self.seen.path().join("seen").display().to_string();
        let script = script.replace("SEEN", &seen);
        let script = format!("#!/bin/sh\necho {name} \"$@\" >>{seen}\n{script}\n");
        self.world.repo.hook(name, &script);
    }

    /// Has slots set up by this, on the terms that hold now.
    fn set_up(&mut self, script: &str) {
        self.world.slots.setup = Some(SetupCommand {
            setup: Setup {
                command: script.to_owned(),
                inputs: Vec::new(),
            },
            words: vec!["sh".into(), "-c".into(), script.into()],
            host: self.host.clone(),
            limits: Limits::default(),
            terms: self.world.slots.terms.clone(),
        });
    }

    fn seen(&self) -> String {
        fs::read_to_string(self.seen.path().join("seen")).unwrap()
    }

    fn refused(&self, files: &[(&str, &str)]) -> String {
        match self.hear(files, "plans").unwrap_err() {
            Unheard::Refused(told) => told,
            other => panic!("{other:?}"),
        }
    }
}

const PLAN: [(&str, &str); 1] = [("plans/plan.md", "a plan\n")];

#[test]
fn hooks_see_what_is_staged_and_what_they_make_of_it_comes_back() {
    let place = Place::new();
    place.hook(
        "pre-commit",
        "git diff --cached --name-only >>SEEN\n\
         echo $GIT_EDITOR $GIT_INDEX_FILE $GIT_TERMINAL_PROMPT >>SEEN\n\
         echo more >>plans/plan.md; echo x >plans/new; git add plans",
    );
    place.hook("prepare-commit-msg", "");
    place.hook("commit-msg", "cat \"$1\" >>SEEN; echo signed >>\"$1\"");
    let heard = place.hear(&PLAN, "plans").unwrap();
    assert_eq!(
        place.seen(),
        "pre-commit\nplans/plan.md\n: .git/index 0\n\
         prepare-commit-msg .git/COMMIT_EDITMSG message\n\
         commit-msg .git/COMMIT_EDITMSG\na change\n\nand why\n"
    );
    let repo = &place.world.repo;
    repo.write("plans/plan.md", "a plan\nmore\n");
    repo.write("plans/new", "x\n");
    repo.git(&["add", "plans"]);
    let tree = repo.git(&["write-tree"]);
    let expected = Heard {
        tree: Some(tree.trim().parse().unwrap()),
        paths: vec!["plans/new".into(), "plans/plan.md".into()],
        message: "a change\n\nand why\nsigned\n".to_owned(),
    };
    assert_eq!(heard, expected);
    let left = fs::read_dir(&place.notes).unwrap().count();
    assert_eq!(left, 0, "nothing runs any more, so no note says so");
}

#[test]
fn what_stands_at_the_path_is_staged_and_no_other_whatever_its_name_is_to_git() {
    let place = Place::new();
    place.hook("pre-commit", "");
    let files = [
        ("plan*/plan.md", "a plan\n"),
        ("plan*/target/ignored", "it is part of it all the same\n"),
        ("plans/plan.md", "another\n"),
    ];
    let heard = place.hear(&files, "plan*").unwrap();
    let staged = ["plan*/plan.md", "plan*/target/ignored"];
    assert_eq!(heard.paths, staged.map(PathBuf::from));
}

#[test]
fn a_hook_that_mends_what_stands_at_the_path_is_asked_once_more() {
    let place = Place::new();
    let mends = "grep -q mended plans/plan.md || { echo mended >>plans/plan.md; exit 1; }";
    place.hook("pre-commit", mends);
    let heard = place.hear(&PLAN, "plans").unwrap();
    assert_eq!(place.seen(), "pre-commit\npre-commit\n");
    let tree = heard.tree.unwrap().to_string();
    place.world.repo.write("plans/plan.md", "a plan\nmended\n");
    place.world.repo.git(&["add", "plans"]);
    assert_eq!(place.world.repo.git(&["write-tree"]).trim(), tree);
}

#[test]
fn only_the_hook_that_may_mend_is_asked_again_and_only_when_it_said_no() {
    let place = Place::new();
    place.hook("pre-commit", "echo beside >>plans/plan.md");
    place.hook("commit-msg", "echo beside >>plans/plan.md; exit 1");
    assert_eq!(
        place.refused(&PLAN),
        "the hook commit-msg refused (exit code 1)"
    );
    assert_eq!(place.seen(), "pre-commit\ncommit-msg .git/COMMIT_EDITMSG\n");
}

#[test]
fn a_refusal_is_told_with_the_last_words_and_speaks_of_no_seal_where_there_is_none() {
    let place = Place::new();
    place.hook("pre-commit", "echo one; echo permission denied >&2; exit 3");
    assert_eq!(
        place.refused(&PLAN),
        "the hook pre-commit refused (exit code 3)\none\npermission denied"
    );
}

#[test]
fn a_message_that_a_hook_makes_a_link_or_a_directory_is_not_read() {
    for act in [
        "ln -sf ../src/parse.rs .git/COMMIT_EDITMSG",
        "rm .git/COMMIT_EDITMSG; mkdir .git/COMMIT_EDITMSG",
        "rm -r .git; ln -s src .git; echo x >src/COMMIT_EDITMSG",
    ] {
        let place = Place::new();
        place.hook("commit-msg", act);
        let Unheard::Failed(error) = place.hear(&PLAN, "plans").unwrap_err() else {
            panic!("{act}")
        };
        let told = error.to_string();
        assert!(told.ends_with("a hook replaced the file"), "{act}: {told}");
    }
}

#[test]
fn a_change_of_many_paths_is_told_to_its_last_path() {
    let place = Place::new();
    let many =
        "i=0; while [ $i -lt 900 ]; do i=$((i+1)); echo x >plans/NAME-$i; done; git add plans";
    place.hook("pre-commit", &many.replace("NAME", &"n".repeat(200)));
    let heard = place.hear(&PLAN, "plans").unwrap();
    assert_eq!(heard.paths.len(), 901);
}

#[test]
fn a_set_up_that_fails_is_told_and_one_that_was_stopped_is_a_stop() {
    let mut place = Place::new();
    place.set_up("exit 1");
    let failed = place.slot().unwrap_err();
    assert!(matches!(failed, Unheard::Failed(_)), "{failed:?}");
    place.stop.request();
    let stopped = place.slot().unwrap_err();
    assert!(matches!(stopped, Unheard::Stopped), "{stopped:?}");
}

#[test]
fn what_runs_in_a_second_slot_builds_in_the_second_set_of_caches() {
    let mut place = Place::new();
    let caches = place.seen.path().join("caches");
    place.world.slots.terms = SealTerms {
        standing: Standing::Unavailable {
            gap: Gap::NoLandlock,
        },
        temporary: place.seen.path().to_owned(),
        caches: Some(OwnCaches::below(&caches, None, &|_| None)),
        ..SealTerms::off()
    };
    let seen = place.seen.path().join("seen");
    place.set_up(&format!("echo set up $CARGO_HOME >>{}", seen.display()));
    place.hook("pre-commit", "echo $CARGO_HOME >>SEEN");
    let _first = place.slot().unwrap();
    place.hear(&PLAN, "plans").unwrap();
    assert_eq!(
        place
            .seen()
            .replace(&caches.display().to_string(), "CACHES"),
        "set up CACHES/1/cargo\nset up CACHES/2/cargo\npre-commit\nCACHES/2/cargo\n"
    );
}

#[test]
fn a_hook_has_no_more_of_the_network_than_hooks_may_have() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    std::thread::spawn(move || {
        // Counted before it is hung up on, which is what git waits for.
        while let Ok(_called) = listener.accept() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut place = Place::new();
    place.hook(
        "pre-commit",
        &format!("git ls-remote git://127.0.0.1:{port}/x || true"),
    );
    let sealed = |network| {
        let support = Support::observe(Network::Off);
        Standing::decide(Wanted::Auto, network, support).unwrap()
    };
    let (standing, others) = (sealed(Network::On), sealed(Network::Off));
    if !matches!(&others, Standing::Sealed { gaps, .. } if gaps.is_empty()) {
        println!("skipped: this kernel cannot seal all (Linux 6.12 can)");
        return;
    }
    for (others, expected) in [(standing.clone(), 1), (others, 1)] {
        place.world.slots.terms = SealTerms {
            standing: standing.clone(),
            validation: standing.clone(),
            others,
            temporary: place.seen.path().to_owned(),
            write: vec![place.seen.path().to_owned()],
            ..SealTerms::off()
        };
        place.hear(&PLAN, "plans").unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }
}
