//! The small project that the demo works on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use piton_durable::{Disk, DiskRead, create_dirs};

use crate::context::Context;
use crate::error::{Attempt as _, CommandError};

const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        include_str!("../../../demo/project/Cargo.toml"),
    ),
    (
        ".gitignore",
        include_str!("../../../demo/project/gitignore"),
    ),
    (
        "src/lib.rs",
        include_str!("../../../demo/project/src/lib.rs"),
    ),
    (
        "src/main.rs",
        include_str!("../../../demo/project/src/main.rs"),
    ),
    (
        "tests/report.rs",
        include_str!("../../../demo/project/tests/report.rs"),
    ),
];

const SCRIPT: &str = include_str!("../../../demo/script.toml");

/// Where the script is in the project, out of the way.
pub(super) const SCRIPT_FILE: &str = ".git/demo/script.toml";

/// The pause that is interrupted; the others only let a reader follow.
const LONG_PAUSE: &str = "pause-ms = 60000";

/// A scratch project with everything the demo needs beside it.
#[derive(Debug)]
pub(super) struct Project {
    /// The scratch repository.
    pub(super) root: PathBuf,
    /// A home for settings, so that the user's own do not matter.
    home: PathBuf,
    program: PathBuf,
}

/// Decides where the project is to be; a directory with something in it is left
/// alone.
pub(super) fn place(context: &Context, keep: Option<&Path>) -> Result<Project, CommandError> {
    let root = match keep {
        Some(dir) => context.directory.join(dir),
        None => context
            .environment
            .temporary()
            .join(format!("piton-demo-{}", crate::context::token())),
    };
    if let Some(stat) = context.disk.stat(&root)? {
        let empty = stat.kind == piton_durable::Kind::Dir
            && context
                .disk
                .list(&root)
                .is_ok_and(|entries| entries.is_empty());
        if !empty {
            return Err(CommandError::usage(format!(
                "could not make a project in {}",
                root.display()
            ))
            .with_source("there is something there already".to_owned())
            .hint("name an empty directory, or one that is not there"));
        }
    }
    Ok(Project {
        home: root.join(".git").join("demo").join("home"),
        root,
        program: crate::context::program()?,
    })
}

pub(super) fn make(context: &Context, project: &Project, fast: bool) -> Result<(), CommandError> {
    for (path, text) in FILES {
        put(context, &project.root.join(path), text)?;
    }
    for args in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["config", "user.name", "A Climber"],
        &["config", "user.email", "climber@example.com"],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "A word counter"],
    ] {
        project.git(args)?;
    }
    put(context, &project.root.join(SCRIPT_FILE), &script(fast))?;
    create_dirs(&context.disk, &project.home)?;
    Ok(())
}

impl Project {
    /// Returns this very program, ready to work in the project.
    pub(super) fn piton(&self, args: &[&str]) -> Command {
        let mut command = command(&self.program);
        command
            .args(args)
            .current_dir(&self.root)
            .stdin(Stdio::null());
        self.isolate(&mut command);
        command
    }

    /// Returns where agents work, which is no part of the project.
    pub(super) fn slots(&self) -> PathBuf {
        let mut name = self.root.clone().into_os_string();
        name.push(".slots");
        PathBuf::from(name)
    }

    /// Removes everything that the demo made.
    pub(super) fn remove(&self, context: &Context) -> Result<(), CommandError> {
        for dir in [&self.root, &self.slots()] {
            piton_durable::tree::remove(&context.disk, dir)
                .or_failed(format!("could not remove {}", dir.display()))?;
        }
        Ok(())
    }

    /// Whether the project's tests can be run here.
    pub(super) fn has_cargo(&self) -> Result<bool, CommandError> {
        let tested = self.test()?;
        Ok(tested.is_some_and(|line| line.starts_with("test result")))
    }

    /// Runs the project's tests, if cargo is there.
    pub(super) fn test(&self) -> Result<Option<String>, CommandError> {
        let mut cargo = command(Path::new("cargo"));
        cargo
            .args(["test", "--quiet", "--offline", "--test", "report"])
            .current_dir(&self.root)
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null());
        match cargo.output() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CommandError::failed("could not run cargo").with_source(error)),
            Ok(output) if output.status.success() => {
                let text = String::from_utf8_lossy(&output.stdout);
                let line = text.lines().find(|line| line.starts_with("test result"));
                Ok(line.map(str::to_owned))
            }
            Ok(output) => {
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                let why = told
                    .lines()
                    .find(|line| line.starts_with("error"))
                    .unwrap_or("it does not say why");
                Ok(Some(format!(
                    "cargo could not run them here ({why}); the plan can be made all the same"
                )))
            }
        }
    }

    pub(super) fn git(&self, args: &[&str]) -> Result<String, CommandError> {
        let mut git = command(Path::new("git"));
        git.args(args).current_dir(&self.root).stdin(Stdio::null());
        self.isolate(&mut git);
        let output = git.output().or_failed("could not run git")?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(
                CommandError::failed(format!("git {} failed", args.join(" ")))
                    .with_source(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            )
        }
    }

    /// The user's own settings, of git and of piton, play no part.
    fn isolate(&self, command: &mut Command) {
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("XDG_CONFIG_HOME", &self.home)
            .env("XDG_DATA_HOME", &self.home)
            .env("XDG_CACHE_HOME", self.slots())
            .env_remove("CARGO_TARGET_DIR");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
    }
}

fn script(fast: bool) -> String {
    if !fast {
        return SCRIPT.to_owned();
    }
    SCRIPT
        .lines()
        .map(|line| {
            if line.starts_with("pause-ms") && line != LONG_PAUSE {
                ""
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn put(context: &Context, path: &Path, text: &str) -> Result<(), CommandError> {
    if let Some(parent) = path.parent() {
        create_dirs(&context.disk, parent)?;
    }
    context.disk.write_new(path, text.as_bytes(), 0o644)?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo runs this program, git and cargo as a person would"
)]
fn command(program: &Path) -> Command {
    Command::new(program)
}
