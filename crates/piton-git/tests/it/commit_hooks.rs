//! The user's hooks see a commit, may change it, and may refuse it.

use std::path::{Path, PathBuf};

use piton_durable::transaction::HookMoment;
use piton_git::{Git, GitError, GitRead, Tip};
use piton_testkit::ScratchRepo;

use crate::undertakings::{locks, repository};

#[test]
fn what_a_hook_changes_is_committed_as_it_then_is_and_asked_about() {
    for adds in ["", "git add in/new\n"] {
        let scratch = ScratchRepo::new();
        scratch.hook(
            "pre-commit",
            &format!("#!/bin/sh\necho mended >in/new\n{adds}"),
        );
        scratch.write("in/new", "1");
        let mut asked = Vec::new();
        let repository = repository(&scratch);
        let tip: Tip = repository.tip().unwrap();
        repository
            .commit_on(&tip, &[Path::new("in")], "x", &mut |moment| {
                asked.push(moment);
                Ok(())
            })
            .unwrap()
            .unwrap();
        assert_eq!(asked, [HookMoment::Before, HookMoment::After]);
        assert_eq!(scratch.git(&["show", "HEAD:in/new"]), "mended\n");
        assert_eq!(scratch.status(), "");
    }
}

#[test]
fn a_hook_that_mends_and_says_no_is_asked_once_more() {
    let scratch = ScratchRepo::new();
    scratch.hook(
        "pre-commit",
        "#!/bin/sh\ngrep -q mended in/new && exit 0\necho mended >in/new\nexit 1\n",
    );
    scratch.write("in/new", "1");
    repository(&scratch)
        .commit_paths(&[Path::new("in")], "x")
        .unwrap()
        .unwrap();
    assert_eq!(scratch.git(&["show", "HEAD:in/new"]), "mended\n");
    assert_eq!(scratch.status(), "");
}

#[test]
fn a_hook_cannot_slip_other_files_into_a_commit() {
    let scratch = ScratchRepo::new();
    scratch.hook("pre-commit", "#!/bin/sh\necho x >other\ngit add other\n");
    scratch.write("in/new", "1");
    repository(&scratch)
        .commit_paths(&[Path::new("in")], "x")
        .unwrap()
        .unwrap();
    let held = scratch.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(held, "in/new\n");
    assert_eq!(scratch.status(), "?? other\n");
}

#[test]
fn the_hooks_for_messages_see_the_message_and_may_change_it() {
    let scratch = ScratchRepo::new();
    scratch.hook(
        "commit-msg",
        "#!/bin/sh\necho >>\"$1\"\necho 'Change-Id: 7' >>\"$1\"\n",
    );
    scratch.hook("post-commit", "#!/bin/sh\ngit rev-parse HEAD >.git/heard\n");
    scratch.write("in/new", "1");
    let id = repository(&scratch)
        .commit_paths(&[Path::new("in")], "x")
        .unwrap()
        .unwrap();
    assert_eq!(
        scratch.git(&["show", "--no-patch", "--format=%B"]),
        "x\n\nChange-Id: 7\n\n"
    );
    assert_eq!(scratch.read(".git/heard").trim(), id.as_str());
}

#[test]
fn a_hook_of_references_that_says_no_refuses_the_commit() {
    let scratch = ScratchRepo::new();
    scratch.hook(
        "reference-transaction",
        "#!/bin/sh\n[ \"$1\" != prepared ]\n",
    );
    scratch.write("in/new", "1");
    let made = repository(&scratch).commit_paths(&[Path::new("in")], "x");
    assert!(
        matches!(made, Err(GitError::CommitRefused { .. })),
        "{made:?}"
    );
    assert_eq!(locks(&scratch), [] as [PathBuf; 0]);
    assert_eq!(scratch.status(), "?? in/\n");
}
