//! A scratch repository with a home of its own, to be spoilt again and again.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing in a field need survive, and piton runs here as a stranger would run it"
)]

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::scenario::{Ground, Step, words};
use crate::trace::{End, Point, Traced, Verdict, Watch, trace};

const AGENT: &str = include_str!("agent.toml");
/// How long a command may take before it counts as stuck.
const LIMIT: Duration = Duration::from_secs(60);
/// What piton ends with when it waits for a person.
const WAITS: i32 = 3;
/// The user's files and what changes in them while piton works.
const FILES: [&str; 4] = ["a.py", "b.py", "s.py", "u.txt"];

/// A scratch repository with a home of its own. A scenario's is kept aside and
/// put back, always in the same place, for paths are known to more than one.
#[derive(Debug)]
pub(super) struct Field {
    root: PathBuf,
    program: PathBuf,
    path: OsString,
}

/// What went wrong with a field itself.
pub(super) type FieldResult<T> = Result<T, String>;

impl Field {
    pub(super) fn new(root: PathBuf, program: PathBuf, path: OsString) -> Self {
        Self {
            root,
            program,
            path,
        }
    }

    /// Where everything is that a command may write.
    pub(super) fn ground(&self) -> PathBuf {
        self.root.join("field")
    }

    pub(super) fn repository(&self) -> PathBuf {
        self.ground().join("r")
    }

    /// Makes a fresh one and does what a scenario asks for.
    pub(super) fn prepare(&self, arrange: &Ground) -> FieldResult<()> {
        self.fresh().map_err(|error| error.to_string())?;
        arrange
            .iter()
            .copied()
            .flatten()
            .try_for_each(|step| self.step(step))
    }

    fn fresh(&self) -> io::Result<()> {
        remove(&self.ground())?;
        for folder in ["r", "home/.config", "tmp"] {
            fs::create_dir_all(self.ground().join(folder))?;
        }
        fs::write(self.ground().join("agent.toml"), AGENT)?;
        self.begin(&[])
    }

    /// Makes the repository, by a git with these options.
    fn begin(&self, options: &[&str]) -> io::Result<()> {
        let init = ["init", "--quiet", "--initial-branch=main", "--template="];
        for args in [
            &[options, &init].concat()[..],
            &["config", "user.name", "A Tester"],
            &["config", "user.email", "tester@example.com"],
            &["config", "gc.auto", "0"],
            &["config", "maintenance.auto", "false"],
        ] {
            self.git_done(args).map_err(io::Error::other)?;
        }
        for (file, text) in [("a.py", "x=1\n"), ("b.py", "y=1\n"), ("s.py", "s=1\n")] {
            fs::write(self.repository().join(file), text)?;
        }
        for args in [
            &["add", "--all"][..],
            &["commit", "--quiet", "--message", "start"],
        ] {
            self.git_done(args).map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn step(&self, step: &Step) -> FieldResult<()> {
        match step {
            Step::Piton(command) => self.piton(command, 0),
            Step::Waits(command) => self.piton(command, WAITS),
            Step::Git(command) => self.git_done(&words(command)),
            Step::Shell(text) => self.git_done(&["-c", &format!("alias.do=!{text}"), "do"]),
            Step::Anew(setting) => remove(&self.repository().join(".git"))
                .and_then(|()| self.begin(&["-c", setting]))
                .map_err(|error| error.to_string()),
            Step::Write(file, text) => self.write(file, text),
            Step::Append(file, text) => self.append(file, text),
            Step::Edits => self.edit(),
            Step::Killed {
                command,
                call,
                path,
            } => {
                let mut hit = false;
                let wanted = |point: &Point| {
                    let named = [Some(&point.path), point.other.as_ref()];
                    point.call == *call && named.iter().flatten().any(|name| name.ends_with(path))
                };
                let traced = self.traced(command, Watch::Writes, &mut |point| {
                    if wanted(point) {
                        hit = true;
                        return Verdict::Kill;
                    }
                    Verdict::Go
                });
                traced.map_err(|error| error.to_string())?;
                let missed = || format!("piton {command}: no {call} of {path} to kill it at");
                hit.then_some(()).ok_or_else(missed)
            }
        }
    }

    fn write(&self, file: &str, text: &str) -> FieldResult<()> {
        let path = self.repository().join(file);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(path, text))
            .map_err(|error| error.to_string())
    }

    fn append(&self, file: &str, text: &str) -> FieldResult<()> {
        let path = self.repository().join(file);
        let old = fs::read_to_string(path).unwrap_or_default();
        self.write(file, &(old + text))
    }

    /// The user goes on working: an edit, a new file, one staged and edited on.
    fn edit(&self) -> FieldResult<()> {
        self.append("b.py", "# mine\n")?;
        self.append("u.txt", "mine\n")?;
        self.append("s.py", "# staged\n")?;
        self.git_done(&["add", "s.py"])?;
        self.append("s.py", "# more\n")
    }

    /// Returns all of the user's that nobody may touch.
    pub(super) fn users(&self) -> String {
        let mut all = String::new();
        for file in FILES {
            let text = fs::read_to_string(self.repository().join(file));
            all.push_str(&text.unwrap_or_else(|error| error.kind().to_string()));
        }
        let mut staged = vec!["diff", "--cached", "--"];
        staged.extend(FILES);
        for args in [&staged[..], &["symbolic-ref", "HEAD"]] {
            all.push_str(
                &self
                    .git(args)
                    .map_or_else(|error| error.to_string(), |output| said(&output)),
            );
        }
        all
    }

    /// Keeps the field aside under a name, or puts it back.
    pub(super) fn keep(&self, name: &str) -> io::Result<()> {
        let kept = self.root.join("kept").join(name);
        remove(&kept)?;
        fs::create_dir_all(self.root.join("kept"))?;
        copy(&self.ground(), &kept)
    }

    pub(super) fn put_back(&self, name: &str) -> io::Result<()> {
        remove(&self.ground())?;
        copy(&self.root.join("kept").join(name), &self.ground())
    }

    /// Runs piton, which must end with `code`.
    fn piton(&self, command: &str, code: i32) -> FieldResult<()> {
        let output = self.command(command).output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.code() == Some(code) {
            return Ok(());
        }
        let (status, said) = (output.status, said(&output));
        Err(format!("piton {command} ended with {status}: {said}"))
    }

    /// Runs piton and asks at each point. What it says goes to a file.
    pub(super) fn traced(
        &self,
        command: &str,
        watch: Watch,
        decide: &mut dyn FnMut(&Point) -> Verdict,
    ) -> io::Result<Traced> {
        let mut command = self.command(command);
        let said = fs::File::create(self.root.join("said"))?;
        command.stdout(said.try_clone()?).stderr(said);
        trace(&mut command, &self.ground(), watch, LIMIT, decide)
    }

    /// Runs piton to its end, or says that it is stuck.
    pub(super) fn ended(&self, command: &str) -> io::Result<(End, String)> {
        let traced = self.traced(command, Watch::Writes, &mut |_| Verdict::Go)?;
        Ok((traced.end, self.said()))
    }

    /// Returns what the last piton said that was watched.
    pub(super) fn said(&self) -> String {
        let bytes = fs::read(self.root.join("said")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn git(&self, args: &[&str]) -> io::Result<Output> {
        self.alone(Command::new("git").args(args)).output()
    }

    pub(super) fn git_done(&self, args: &[&str]) -> FieldResult<()> {
        let output = self.git(args).map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("git {}: {}", args.join(" "), said(&output)))
        }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--yes");
        let words = words(line);
        if !words.contains(&"{person}") {
            command.arg("--non-interactive");
        }
        for word in words {
            match word {
                "{person}" => &mut command,
                "{agent}" => command
                    .args(["--with", "script", "--agent-script"])
                    .arg(self.ground().join("agent.toml")),
                "{plan}" => command.arg(self.ground().join("plan")),
                word => command.arg(word),
            };
        }
        self.alone(&mut command);
        command
    }

    /// Nothing of the user's environment plays a part.
    fn alone<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let home = self.ground().join("home");
        command
            .current_dir(self.repository())
            .env_clear()
            .env("PATH", &self.path)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("HOME", home)
            .env("TMPDIR", self.ground().join("tmp"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
    }
}

/// Returns what a program said, on either output.
pub(super) fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Copies a tree with its permissions and times, for git looks at both.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        } else if kind.is_file() {
            let modified = entry.metadata()?.modified()?;
            fs::copy(entry.path(), &target)?;
            // Git's objects may not be written, and times need no permission.
            fs::File::open(&target)?.set_modified(modified)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}
