//! Repositories of every kind that git makes, planned in from `new` to a step.

use std::path::Path;
use std::process::Command;

use piton_testkit::ScratchRepo;

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings};

fn origin() -> (ScratchRepo, String) {
    let origin = ScratchRepo::new();
    origin.write("a", "1\n");
    origin.commit_all("second");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", origin.path().display());
    (origin, from)
}

/// A migration is begun and planned a step, and all of it is in order.
fn plans(repo: ScratchRepo) {
    let env = TestEnv::over(repo);
    let _ = env.ok(&["init"]);
    env.repo.commit_all("piton");
    let _ = env.ok(&["migration", "new", SLUG, "--target", "x"]);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
    let held = env.repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    assert!(held.contains("migrations/add-api/approaches/"), "{held}");
    env.repo.git(&["fsck", "--no-dangling"]);
}

#[test]
fn planning_works_in_a_repository_of_sha_256() {
    let repo = ScratchRepo::made_by(&["init", "-q", "--object-format=sha256", "-b", "main"]);
    repo.write("a", "1\n");
    repo.commit_all("start");
    plans(repo);
}

#[test]
fn planning_works_where_references_are_in_tables() {
    let repo = ScratchRepo::made_by(&["init", "-q", "--ref-format=reftable", "-b", "main"]);
    repo.write("a", "1\n");
    repo.commit_all("start");
    plans(repo);
}

#[test]
fn planning_works_in_shallow_and_partial_clones() {
    let (_origin, from) = origin();
    plans(ScratchRepo::made_by(&["clone", "-q", "--depth=1", &from]));
    plans(ScratchRepo::made_by(&[
        "clone",
        "-q",
        "--filter=blob:none",
        &from,
    ]));
}

#[test]
fn planning_works_in_a_sparse_checkout_that_leaves_the_migrations_out() {
    let repo = ScratchRepo::new();
    repo.write("a/in", "1\n");
    repo.write("migrations/.gitkeep", "");
    repo.write(".piton/taste.md", "ours\n");
    repo.write("piton.toml", "");
    repo.commit_all("files");
    repo.git(&["sparse-checkout", "set", "a"]);
    assert!(!repo.exists("migrations"));
    let env = TestEnv::over(repo);
    let _ = env.ok(&["migration", "new", SLUG, "--target", "x"]);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
    // Moved and removed there as anywhere else.
    let _ = env.ok(&["migration", "rename", SLUG, "fresh"]);
    let _ = env.ok(&["--yes", "migration", "delete", "fresh"]);
    assert_eq!(env.repo.status(), "");
    let held = env.repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    assert!(!held.contains("manifest.json"), "{held}");
}

#[test]
fn planning_works_with_other_forms_of_the_index() {
    for settings in [
        &["core.splitIndex"][..],
        &["feature.manyFiles", "index.skipHash"],
    ] {
        let repo = ScratchRepo::new();
        for setting in settings {
            repo.git(&["config", setting, "true"]);
        }
        repo.write("a", "1\n");
        repo.commit_all("second");
        plans(repo);
    }
}

#[test]
fn a_clean_up_lands_in_repositories_of_other_forms() {
    for form in ["--object-format=sha256", "--ref-format=reftable"] {
        let repo = ScratchRepo::made_by(&["init", "-q", form, "-b", "main"]);
        repo.write("src/lib.rs", "1\n");
        repo.commit_all("start");
        let env = TestEnv::over(repo);
        let _ = env.ok(&["init", "--validation-command", "true"]);
        env.repo.commit_all("piton");
        env.repo.write("mine", "1\n");
        let mut run = strings(&["run-once", "--paths", "src/lib.rs"]);
        run.extend(env.shell_agent("cd $PITON_WORKSPACE && echo 2 >src/lib.rs"));
        let ran = env.run(&run);
        assert_eq!(ran.code, 0, "{form}: {}", ran.shown());
        assert_eq!(env.repo.git(&["show", "HEAD:src/lib.rs"]), "2\n", "{form}");
        assert_eq!(env.repo.status(), "?? mine\n", "{form}");
        env.repo.git(&["fsck", "--no-dangling"]);
    }
}

#[test]
fn planning_works_with_submodules_and_other_line_endings() {
    let (inner, _) = origin();
    let repo = ScratchRepo::new();
    repo.git(&["config", "core.autocrlf", "true"]);
    repo.write(".gitattributes", "*.md text\n");
    let from = inner.path().to_str().unwrap();
    let allow = "protocol.file.allow=always";
    repo.git(&["-c", allow, "submodule", "add", "-q", from, "sub"]);
    repo.commit_all("a submodule");
    plans(repo);
}

#[test]
fn where_migrations_lie_behind_a_link_nothing_is_begun_moved_or_left_behind() {
    let env = TestEnv::planned(1);
    std::fs::rename(env.path().join("migrations"), env.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", env.path().join("migrations")).unwrap();
    env.repo.commit_all("a link");
    let before = env.repo.subjects();
    for command in [
        &["migration", "new", "another", "--target", "x"][..],
        &["migration", "rename", SLUG, "fresh"],
        &["--yes", "migration", "delete", SLUG],
        &["init", "--migrations-dir", "other"],
    ] {
        let ran = env.run(command);
        assert!(matches!(ran.code, 1 | 2), "{}", ran.shown());
        assert!(ran.stderr.contains("is a link"), "{}", ran.shown());
        assert_eq!(env.repo.status(), "", "{}", ran.shown());
    }
    assert_eq!(env.repo.subjects(), before);
}

#[test]
fn a_run_whose_work_could_not_land_for_two_file_systems_calls_nobody() {
    use std::os::unix::fs::MetadataExt as _;
    let env = TestEnv::planned(0);
    let elsewhere = std::path::Path::new("/dev/shm");
    let device = |path: &std::path::Path| std::fs::metadata(path).map(|it| it.dev()).ok();
    if device(elsewhere).is_none() || device(elsewhere) == device(env.path()) {
        println!("skipped: there is no second file system here");
        return;
    }
    let other = tempfile::tempdir_in(elsewhere).unwrap();
    let git = other.path().join("git");
    let here = env.path().join(".git");
    let copied = std::process::Command::new("cp")
        .arg("-R")
        .args([&here, &git])
        .status();
    assert!(copied.unwrap().success());
    std::fs::remove_dir_all(&here).unwrap();
    env.repo
        .write(".git", &format!("gitdir: {}\n", git.display()));
    let script = env.script("good", GOOD);
    let with: Vec<&str> = script.iter().map(String::as_str).collect();
    let run = ["run", "--focus-on-live-migrations", "--max-refactors", "1"];
    let ran = env.run(&[&run[..], &["--validation-command", "true"], &with].concat());
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.contains("different file systems"),
        "{}",
        ran.shown()
    );
    assert!(!ran.shown().contains("asks script"), "{}", ran.shown());
    let _ = env.ok(&[&["migration", "step", SLUG][..], &with].concat());
}

/// Runs piton where migrations are mounted from elsewhere; `None` where that
/// cannot be done.
fn mounted(env: &TestEnv, aside: &Path, args: &[&str]) -> Option<Ran> {
    let mounts = "PATH=$PATH:/usr/bin:/bin:/usr/sbin:/sbin mount --bind \"$1\" \"$2\" || exit 99\n\
        shift 2; exec \"$@\"";
    let migrations = env.path().join("migrations");
    let through = ["/bin/sh", "-c", mounts, "sh"].map(Path::new);
    let through = [&through[..], &[aside, &migrations]].concat();
    let ran = env.apart(&["--mount", "--map-root-user"], &through, args)?;
    (ran.code != 99).then_some(ran)
}

#[test]
fn where_migrations_are_mounted_a_step_is_published_and_a_run_calls_nobody() {
    let env = TestEnv::planned(0);
    let aside = env.home.path().join("aside");
    let copied = Command::new("cp")
        .arg("-R")
        .args([&env.path().join("migrations"), &aside])
        .status();
    assert!(copied.unwrap().success());
    let script = env.script("good", GOOD);
    let with: Vec<&str> = script.iter().map(String::as_str).collect();
    let run = ["run", "--focus-on-live-migrations", "--max-refactors", "1"];
    let run = [&run[..], &["--validation-command", "true"], &with].concat();
    let Some(ran) = mounted(&env, &aside, &run) else {
        println!("skipped: nothing can be mounted here");
        return;
    };
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let said = "migrations and git's directory are on different file systems";
    assert!(ran.stderr.contains(said), "{}", ran.shown());
    assert!(!ran.shown().contains("asks script"), "{}", ran.shown());
    let step = [&["migration", "step", SLUG][..], &with].concat();
    let ran = mounted(&env, &aside, &step).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let held = env.repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    assert!(held.contains("migrations/add-api/approaches/"), "{held}");
    assert!(aside.join(SLUG).join("approaches").exists());
}

#[test]
fn files_that_core_worktree_puts_elsewhere_are_refused_by_every_command_alike() {
    let env = TestEnv::planned(0);
    let elsewhere = env.home.path().join("files");
    std::fs::create_dir(&elsewhere).unwrap();
    env.repo
        .git(&["config", "core.worktree", elsewhere.to_str().unwrap()]);
    for args in [
        &["status"][..],
        &["migration", "list"],
        &["migration", "new", "other", "--target", "x"],
        &["init"],
        &["run", "--focus-on-live-migrations", "--dry-run"],
    ] {
        let ran = env.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.shown());
        assert!(ran.stderr.contains("core.worktree"), "{}", ran.stderr);
        assert!(ran.stderr.contains("gitdir: "), "{}", ran.stderr);
    }
    // The way out that is named is one.
    let git = env.path().join(".git");
    std::fs::write(
        elsewhere.join(".git"),
        format!("gitdir: {}\n", git.display()),
    )
    .unwrap();
    env.repo.git(&["reset", "--quiet", "--hard"]);
    let args = ["migration", "new", "other", "--target", "x"];
    let output = env.command(&args).current_dir(&elsewhere).output().unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(elsewhere.join("migrations/other").exists());
}

/// A repository with a migration at a path with this name.
fn called(env: &TestEnv, name: &std::ffi::OsStr) -> std::path::PathBuf {
    let to = env.home.path().join(name);
    let copied = Command::new("cp")
        .arg("-R")
        .args([env.path(), &to])
        .status();
    assert!(copied.unwrap().success());
    to
}

#[test]
fn a_path_with_a_line_break_is_worked_in_like_any_other() {
    let env = TestEnv::planned(0);
    let to = called(&env, std::ffi::OsStr::new("a \"line\\\nbreak"));
    let below = to.join("below");
    std::fs::create_dir(&below).unwrap();
    let script = env.script("good", GOOD);
    let with: Vec<&str> = script.iter().map(String::as_str).collect();
    let run = ["run", "--focus-on-live-migrations", "--max-refactors", "1"];
    let run = [&run[..], &["--validation-command", "true"], &with].concat();
    let step = [&["migration", "step", SLUG][..], &with].concat();
    for (args, dir) in [(&run, &to), (&step, &to), (&step, &below)] {
        let output = env.command(args).current_dir(dir).output().unwrap();
        let ran = env.finish(output);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let log = Command::new("git")
        .arg("-C")
        .arg(&to)
        .args(["log", "--format=%s"])
        .output()
        .unwrap();
    let log = String::from_utf8(log.stdout).unwrap();
    assert_eq!(log.matches("planning/add-api").count(), 3, "{log}");
}

#[test]
fn a_path_that_is_no_text_is_refused_before_an_agent_is_called() {
    use std::os::unix::ffi::OsStrExt as _;
    let env = TestEnv::planned(0);
    let to = called(&env, std::ffi::OsStr::from_bytes(b"lat\xe9"));
    let script = env.script("good", GOOD);
    let with: Vec<&str> = script.iter().map(String::as_str).collect();
    let run = ["run", "--focus-on-live-migrations", "--validation-command"];
    let run = [&run[..], &["true"], &with].concat();
    let step = [&["migration", "step", SLUG][..], &with].concat();
    for args in [&run, &step] {
        let output = env.command(args).current_dir(&to).output().unwrap();
        let ran = env.finish(output);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains("is not UTF-8"), "{}", ran.stderr);
        assert!(!to.join(".git/piton/runs").exists(), "{}", ran.shown());
    }
}
