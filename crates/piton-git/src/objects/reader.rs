//! One `git cat-file --batch`, started when it is first needed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::{Mutex, MutexGuard, PoisonError};

use piton_durable::{DiskRead as _, RealDisk};

use crate::GitError;
use crate::program::GitCommand;

/// It is in no repository: a git that stays must not look like one that is at
/// work there.
const NOWHERE: &str = "/";

/// The objects of one repository.
#[derive(Debug)]
pub(crate) struct Objects {
    git_dir: PathBuf,
    common_dir: PathBuf,
    process: Mutex<Option<Process>>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Blob,
    Tree,
    Commit,
    Tag,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) id: String,
    pub(crate) kind: ObjectKind,
    pub(crate) bytes: Vec<u8>,
}

impl Objects {
    pub(crate) fn of(git_dir: &Path, common_dir: &Path) -> Self {
        Self {
            git_dir: git_dir.to_owned(),
            common_dir: common_dir.to_owned(),
            process: Mutex::new(None),
        }
    }

    /// Returns what a name without a path stands for; `None` where there surely is
    /// no such object: git says the same of one that it could not open.
    pub(super) fn found(&self, name: &str) -> Result<Option<Object>, GitError> {
        if let Some(object) = self.ask(name)? {
            return Ok(Some(object));
        }
        // A new process may find what the old one could not open.
        *self.held() = None;
        let found = self.ask(name)?;
        if found.is_none() && self.has_file_of(name) {
            return Err(GitError::Unreadable {
                command: self.command().shown().to_owned(),
                what: format!("{name} cannot be opened"),
            });
        }
        Ok(found)
    }

    /// Whether an object is there in a file of its own.
    fn has_file_of(&self, id: &str) -> bool {
        let file = |(first, rest)| self.common_dir.join("objects").join(first).join(rest);
        let file = id.split_at_checked(2).map(file);
        file.is_some_and(|file| !matches!(RealDisk.stat(&file), Ok(None)))
    }

    /// Asks the git that stays, or a new one where it is gone.
    pub(super) fn ask(&self, name: &str) -> Result<Option<Object>, GitError> {
        let mut held = self.held();
        // A process that was started earlier may be gone: Ctrl-C ends it too.
        if let Some(process) = held.as_mut()
            && let Ok(said) = process.ask(name)
        {
            return self.understood(said);
        }
        *held = None;
        let mut process = Process::start(self.command())?;
        if let Ok(said) = process.ask(name) {
            *held = Some(process);
            return self.understood(said);
        }
        // A git that answers once and ends says why not.
        let alone = self.command();
        let shown = alone.shown().to_owned();
        alone.run_with(format!("{name}\n").as_bytes())?;
        Err(GitError::Unreadable {
            command: shown,
            what: "it ends too early".to_owned(),
        })
    }

    fn held(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn command(&self) -> GitCommand {
        GitCommand::reading(Path::new(NOWHERE))
            .arg("--git-dir")
            .arg(&self.git_dir)
            .args(["cat-file", "--batch"])
    }

    fn understood(&self, said: Said) -> Result<Option<Object>, GitError> {
        match said {
            Said::Object(object) => Ok(Some(object)),
            Said::Nothing => Ok(None),
            Said::Nonsense(line) => Err(GitError::Unreadable {
                command: self.command().shown().to_owned(),
                what: format!("line {line:?}"),
            }),
        }
    }
}

enum Said {
    Object(Object),
    Nothing,
    Nonsense(String),
}

impl Process {
    fn start(command: GitCommand) -> Result<Self, GitError> {
        let (child, input, output) = command.start()?;
        Ok(Self {
            child,
            input: Some(input),
            output: BufReader::new(output),
        })
    }

    fn ask(&mut self, name: &str) -> io::Result<Said> {
        let Some(input) = self.input.as_mut() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        input.write_all(format!("{name}\n").as_bytes())?;
        input.flush()?;
        let mut head = Vec::new();
        self.output.read_until(b'\n', &mut head)?;
        if head.pop() != Some(b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        if head.ends_with(" missing") || head.ends_with(" ambiguous") {
            return Ok(Said::Nothing);
        }
        let mut fields = head.split(' ');
        let (id, kind, size) = (fields.next(), fields.next(), fields.next());
        let size = size.and_then(|size| size.parse::<usize>().ok());
        let kind = match kind {
            Some("blob") => Some(ObjectKind::Blob),
            Some("tree") => Some(ObjectKind::Tree),
            Some("commit") => Some(ObjectKind::Commit),
            Some("tag") => Some(ObjectKind::Tag),
            _ => None,
        };
        let (Some(id), Some(kind), Some(size)) = (id, kind, size) else {
            return Ok(Said::Nonsense(head));
        };
        let mut bytes = vec![0; size];
        self.output.read_exact(&mut bytes)?;
        self.output.read_exact(&mut [0])?;
        Ok(Said::Object(Object {
            id: id.to_owned(),
            kind,
            bytes,
        }))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // git ends when its input is closed.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
