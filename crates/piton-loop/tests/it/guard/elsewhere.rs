//! What is planted where git looks less often, and what cannot be put back.

use std::fs;
use std::path::PathBuf;

use piton_durable::RealDisk;
use piton_git::{Repository, View};
use piton_loop::guard::{Guard, GuardError, Reach, Surroundings};
use piton_testkit::{TapDisk, Verb, input_output};

use super::Fixture;

/// Adds a linked working tree.
fn linked(place: &Fixture) -> PathBuf {
    let linked = place.home.path().join("linked");
    let add = ["worktree", "add", "-q", "-b", "other"];
    let add = [&add[..], &[linked.to_str().unwrap()]].concat();
    place.repo.git(&add);
    linked
}

#[test]
fn what_is_planted_in_a_linked_working_tree_counts() {
    let place = Fixture::new();
    linked(&place);
    let dir = ".git/worktrees/linked";
    for (file, text) in [
        ("config.worktree", "[core]\n\tfsmonitor = ./evil"),
        ("commondir", "/evil"),
    ] {
        let before = place.repo.exists(&format!("{dir}/{file}"));
        let stray = format!("{dir}/{file}");
        place.check(&format!("printf '{text}\\n' > {dir}/{file}"), &[&stray]);
        assert_eq!(place.repo.exists(&format!("{dir}/{file}")), before);
    }
    assert_eq!(place.repo.read(&format!("{dir}/commondir")), "../..\n");
}

#[test]
fn a_linked_working_tree_that_is_made_one_of_another_repository_counts() {
    let place = Fixture::new();
    let linked = linked(&place);
    let git = Repository::find(&linked).unwrap();
    let view = View::read(&git).unwrap();
    let around = Surroundings::default();
    let guard = Guard::before(&RealDisk, &git, view, &around).unwrap();
    let link = linked.join(".git");
    let own = fs::read_to_string(&link).unwrap();
    fs::write(&link, "gitdir: /elsewhere\n").unwrap();
    let found = guard.after(&RealDisk, &git, Reach::Anywhere, &place.evidence());
    let told: Vec<String> = (found.unwrap().strays.iter())
        .map(ToString::to_string)
        .collect();
    assert_eq!(told, [link.display().to_string()]);
    assert_eq!(fs::read_to_string(&link).unwrap(), own);
}

#[test]
fn the_user_s_own_settings_that_others_may_write_to_now_count() {
    let place = Fixture::new();
    let global = place.home.path().join(".gitconfig");
    fs::write(&global, "[user]\n\tname = me\n").unwrap();
    let open = format!("chmod 666 {}", global.display());
    place.check(&open, &[&global.display().to_string()]);
    place.check("true", &[]);
}

#[test]
fn another_form_of_the_settings_of_its_own_linked_working_tree_does_not_count() {
    let place = Fixture::new();
    let linked = linked(&place);
    place
        .repo
        .git(&["config", "extensions.worktreeConfig", "true"]);
    let own = ".git/worktrees/linked/config.worktree";
    place.repo.write(own, "[user]\n\tnick = one\n");
    let git = Repository::find(&linked).unwrap();
    let strays = |text: &str| {
        let view = View::read(&git).unwrap();
        let around = Surroundings::default();
        let guard = Guard::before(&RealDisk, &git, view, &around).unwrap();
        place.repo.write(own, text);
        let after = guard.after(&RealDisk, &git, Reach::Anywhere, &place.evidence());
        after.unwrap().strays.len()
    };
    assert_eq!(strays("# a word\n[user]\n\tnick = one\n"), 0);
    assert_eq!(strays("[user]\n\tnick = two\n"), 1);
}

#[test]
fn a_file_that_a_condition_would_include_counts() {
    let place = Fixture::new();
    let extra = place.home.path().join("extra");
    let extra = extra.to_str().unwrap();
    place
        .repo
        .git(&["config", "includeIf.onbranch:main.path", extra]);
    let plant = format!("git config -f {extra} core.pager evil");
    place.check(&plant, &[&format!("{extra} (core.pager)")]);
}

#[test]
fn a_hook_that_is_too_large_to_be_put_back_is_told() {
    let place = Fixture::new();
    let hook = place.repo.path().join(".git/hooks/pre-push");
    let large = "#".repeat((1 << 20) + 1);
    place.repo.hook("pre-push", &large);
    let view = View::read(&place.git).unwrap();
    let around = Surroundings::default();
    let guard = Guard::before(&RealDisk, &place.git, view, &around).unwrap();
    fs::write(&hook, "evil").unwrap();
    let error = guard
        .after(&RealDisk, &place.git, Reach::Anywhere, &place.evidence())
        .unwrap_err();
    assert!(error.to_string().contains("pre-push"), "{error}");
    assert!(!hook.exists(), "nothing of it runs");
    let kept = place.evidence().join("0-pre-push");
    assert_eq!(fs::read_to_string(kept).unwrap(), "evil");
}

#[test]
fn what_is_written_into_the_file_that_a_hook_leads_to_counts() {
    let place = Fixture::new();
    let shared = place.home.path().join("shared-hook");
    fs::write(&shared, "#!/bin/sh\n").unwrap();
    let hook = place.repo.path().join(".git/hooks/post-commit");
    std::os::unix::fs::symlink(&shared, &hook).unwrap();
    place.check_notes("true", &[]);
    let view = View::read(&place.git).unwrap();
    let guard = Guard::before(&RealDisk, &place.git, view, &Surroundings::default()).unwrap();
    fs::write(&shared, "#!/bin/sh\nevil\n").unwrap();
    let error = guard
        .after(&RealDisk, &place.git, Reach::Anywhere, &place.evidence())
        .unwrap_err();
    // What stood there is not piton's to bring back.
    assert!(error.to_string().contains("post-commit"), "{error}");
    assert!(!hook.is_symlink(), "nothing of it runs");
}

#[test]
fn a_head_that_is_on_no_branch_may_be_moved_by_the_user() {
    let place = Fixture::new();
    place.check_notes(
        "git checkout -q --detach",
        &["HEAD went from main to no branch"],
    );
    place.check_notes("git commit -q --allow-empty -m mine", &["HEAD moved"]);
    place.check_notes("true", &[]);
}

#[test]
fn of_many_files_the_first_five_are_named() {
    let place = Fixture::new();
    place.check_notes("touch a b c d e", &["working tree changed: a, b, c, d, e"]);
    place.check_notes(
        "touch f g h i j k l",
        &["working tree changed: f, g, h, i, j, and 2 more"],
    );
}

#[test]
fn working_trees_that_cannot_be_listed_stop_a_call_before_it_begins() {
    let place = Fixture::new();
    let failing = |what: &'static str| {
        TapDisk::looking(RealDisk, move |path| {
            if path.ends_with(what) {
                return Err(input_output());
            }
            Ok(())
        })
    };
    place.repo.hook("pre-commit", "#!/bin/sh\n");
    let hook = place.repo.path().join(".git/hooks/post-commit");
    let target = place.home.path().join("shared-hook");
    std::fs::write(&target, "#!/bin/sh\n").unwrap();
    std::os::unix::fs::symlink(&target, &hook).unwrap();
    for what in [".git/worktrees", "hooks/pre-commit", "shared-hook"] {
        let view = View::read(&place.git).unwrap();
        let around = Surroundings::default();
        let guard = Guard::before(&failing(what), &place.git, view, &around);
        assert!(
            matches!(guard, Err(GuardError::Unreadable { .. })),
            "{what}: {guard:?}"
        );
    }
}

#[test]
fn what_cannot_be_kept_is_not_removed() {
    let place = Fixture::new();
    let view = View::read(&place.git).unwrap();
    let guard = Guard::before(&RealDisk, &place.git, view, &Surroundings::default()).unwrap();
    place.repo.hook("post-commit", "#!/bin/sh\nmine\n");
    // Evidence lies on another file system, and the file cannot be read.
    let unreadable = TapDisk::looking(RealDisk, |path| {
        if path.ends_with("hooks/post-commit") && path.is_file() {
            return Err(input_output());
        }
        Ok(())
    });
    let failing = TapDisk::new(unreadable, |op| {
        if op.verb == Verb::Rename {
            return Err(std::io::ErrorKind::CrossesDevices.into());
        }
        Ok(())
    });
    let told = guard.after(&failing, &place.git, Reach::Anywhere, &place.evidence());
    assert!(told.is_err(), "{told:?}");
    assert!(place.repo.exists(".git/hooks/post-commit"));
}

#[test]
fn a_file_that_an_agent_has_git_include_is_told_with_the_settings_in_it() {
    let place = Fixture::new();
    let extra = place.home.path().join("extra").display().to_string();
    let plant = format!("git config -f {extra} core.pager evil; git config include.path {extra}");
    let keys = "(core.pager, include.path)";
    let strays = [format!(".git/config {keys}"), format!("{extra} {keys}")];
    let mut told: Vec<String> = (place.meanwhile(&plant).strays.iter())
        .map(ToString::to_string)
        .collect();
    told.sort();
    assert_eq!(told, strays);
}
