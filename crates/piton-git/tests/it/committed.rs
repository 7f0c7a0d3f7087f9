//! Telling without a git what is as committed. A yes is only said where git
//! says so too.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use piton_git::{GitRead, Repository};
use piton_testkit::ScratchRepo;

fn scene() -> ScratchRepo {
    let scratch = ScratchRepo::new();
    scratch.write(".gitignore", "*.log\n");
    scratch.write("plans/one/plan.md", "the plan\n");
    scratch.write("plans/one/.planning/state.json", "{}\n");
    scratch.write("plans/one-more/plan.md", "another\n");
    scratch.write("src/a.rs", "a\n");
    scratch.commit_all("plans");
    scratch
}

/// What is said of `plans/one`, which is never more than git says.
fn says(scratch: &ScratchRepo) -> bool {
    let repository = Repository::find(scratch.path()).unwrap();
    let committed = repository.committed(Path::new("plans")).unwrap();
    let said = committed.holds(Path::new("plans/one")).unwrap();
    // Asked again it has read more, and says the same.
    assert_eq!(committed.holds(Path::new("plans/one")).unwrap(), said);
    if said {
        let status = ["status", "--porcelain", "--", "plans/one"];
        assert_eq!(scratch.git(&status), "");
    }
    said
}

#[test]
fn a_directory_that_nobody_touched_is_as_committed_whatever_happens_beside_it() {
    let scratch = scene();
    assert!(says(&scratch));
    scratch.write("plans/one-more/plan.md", "edited\n");
    scratch.write("src/a.rs", "edited\n");
    scratch.write("plans/two/plan.md", "new\n");
    assert!(says(&scratch));
    // Touched only, and in an index that knows nothing of the file.
    scratch.write("plans/one/plan.md", "the plan\n");
    assert!(says(&scratch));
    scratch.git(&["read-tree", "HEAD"]);
    assert!(says(&scratch));
    fs::create_dir(scratch.path().join("plans/one/empty")).unwrap();
    assert!(says(&scratch));
}

#[test]
fn whatever_is_done_to_a_directory_is_no_longer_as_committed() {
    type Deed = fn(&ScratchRepo, &dyn Fn(&str) -> String);
    let in_plans = |name: &str| format!("plans/one/{name}");
    let deeds: [(&str, Deed); 13] = [
        ("edited", |it, at| {
            it.write(&at("plan.md"), "the plan, longer\n");
        }),
        ("edited, of the same length", |it, at| {
            it.write(&at("plan.md"), "the plot\n");
        }),
        ("deleted", |it, at| {
            fs::remove_file(it.path().join(at("plan.md"))).unwrap();
        }),
        ("a new file", |it, at| {
            it.write(&at("phase-1.md"), "x\n");
        }),
        ("an ignored file", |it, at| {
            it.write(&at("x.log"), "x\n");
        }),
        ("staged", |it, at| {
            it.write(&at("plan.md"), "staged\n");
            it.git(&["add", "."]);
            it.write(&at("plan.md"), "the plan\n");
        }),
        ("removed from the index", |it, at| {
            it.git(&["rm", "-q", "--cached", &at("plan.md")]);
        }),
        ("added in name only", |it, at| {
            it.write(&at("new.md"), "x\n");
            it.git(&["add", "-N", &at("new.md")]);
        }),
        ("made executable", |it, at| {
            let file = it.path().join(at("plan.md"));
            fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        }),
        ("a link in its place", |it, at| {
            let file = it.path().join(at("plan.md"));
            fs::remove_file(&file).unwrap();
            symlink("state.json", file).unwrap();
        }),
        ("a link beside it", |it, at| {
            symlink("plan.md", it.path().join(at("link"))).unwrap();
        }),
        ("assumed unchanged", |it, at| {
            it.git(&["update-index", "--assume-unchanged", &at("plan.md")]);
            it.write(&at("plan.md"), "hidden\n");
        }),
        ("skipped", |it, at| {
            it.git(&["update-index", "--skip-worktree", &at("plan.md")]);
            it.write(&at("plan.md"), "hidden\n");
        }),
    ];
    for (what, deed) in deeds {
        let scratch = scene();
        deed(&scratch, &in_plans);
        assert!(!says(&scratch), "{what}");
    }
}

#[test]
fn a_directory_that_is_in_no_commit_is_not_as_committed() {
    let scratch = scene();
    let repository = Repository::find(scratch.path()).unwrap();
    scratch.write("plans/two/plan.md", "new\n");
    let committed = repository.committed(Path::new("plans")).unwrap();
    assert!(!committed.holds(Path::new("plans/two")).unwrap());
    assert!(!committed.holds(Path::new("plans/none")).unwrap());
    scratch.git(&["add", "."]);
    let committed = repository.committed(Path::new("plans")).unwrap();
    assert!(!committed.holds(Path::new("plans/two")).unwrap());
}

#[test]
fn an_index_that_only_git_can_read_is_git_s_to_read() {
    let scratch = scene();
    scratch.git(&["update-index", "--split-index"]);
    assert!(!says(&scratch));
    assert_eq!(scratch.status(), "");
}
