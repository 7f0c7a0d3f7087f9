//! Running a git to its end, or as one that answers.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::{Child, ChildStdin, ChildStdout, Output, Stdio};
use std::str::FromStr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use piton_base::Stop;
use rustix::process::{Pid, Signal};

use super::command::GitCommand;
use super::failure::failure;
use crate::{GitError, descendants};

impl GitCommand {
    /// Runs it and returns its standard output; a failure is an error.
    pub(crate) fn run(self) -> Result<Vec<u8>, GitError> {
        self.succeeded(None)
    }

    /// Runs one that ends with 1 where it finds nothing; then there is none.
    pub(crate) fn found(self, input: Option<&[u8]>) -> Result<Option<Vec<u8>>, GitError> {
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        let output = self.output(input)?;
        match output.status.code() {
            Some(0) => Ok(Some(output.stdout)),
            Some(1) => Ok(None),
            Some(_) | None => Err(failure(shown, &dir, &output)),
        }
    }

    /// Runs it as [`Self::run`] does. A git that cannot look into a directory
    /// goes on without it and ends well; here that is a failure.
    pub(crate) fn run_seeing_all(self) -> Result<Vec<u8>, GitError> {
        self.run_seeing(|_| true)
    }

    /// The same, but for directories that belong to somebody else: they are in
    /// many working trees, and nobody here looks into them.
    pub(crate) fn run_seeing_all_of_ours(self) -> Result<Vec<u8>, GitError> {
        self.run_seeing(|said| !said.contains("Permission denied"))
    }

    fn run_seeing(self, counts: fn(&str) -> bool) -> Result<Vec<u8>, GitError> {
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        let output = self.output(None)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let missed = |line: &&str| line.contains("could not open directory") && counts(line);
        match said.lines().find(missed) {
            Some(line) if output.status.success() => Err(GitError::Failed {
                command: shown,
                stderr: line.to_owned(),
            }),
            None if output.status.success() => Ok(output.stdout),
            Some(_) | None => Err(failure(shown, &dir, &output)),
        }
    }

    /// Runs it with `input` on its standard input; a failure is an error.
    pub(crate) fn run_with(self, input: &[u8]) -> Result<Vec<u8>, GitError> {
        self.succeeded(Some(input))
    }

    fn succeeded(self, input: Option<&[u8]>) -> Result<Vec<u8>, GitError> {
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        let output = self.output(input)?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(failure(shown, &dir, &output))
        }
    }

    /// The same, ended when it takes too long. What it prints has to be short.
    pub(crate) fn run_within(
        mut self,
        input: &[u8],
        limit: Option<Duration>,
        stop: &Stop,
    ) -> Result<Vec<u8>, GitError> {
        let Some(limit) = limit else {
            return self.run_with(input);
        };
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self
            .command
            .spawn()
            .map_err(|source| self.spawn_error(source))?;
        let ended = (|| {
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(input)?;
            }
            let started = Instant::now();
            while child.try_wait()?.is_none() {
                // Nothing tells when it ends, so it is asked every 10 ms.
                if stop.wait(Duration::from_millis(10)) || started.elapsed() >= limit {
                    let started_by_it = descendants::of(child.id());
                    child.kill()?;
                    child.wait()?;
                    descendants::kill(&started_by_it);
                    return Ok(None);
                }
            }
            child.wait_with_output().map(Some)
        })();
        match ended {
            Ok(Some(output)) if output.status.success() => Ok(output.stdout),
            Ok(Some(output)) => Err(failure(shown, &dir, &output)),
            Ok(None) => Err(GitError::Failed {
                command: shown,
                stderr: if stop.requested() {
                    "it was interrupted".to_owned()
                } else {
                    format!("it did not end within {} s", limit.as_secs())
                },
            }),
            Err(source) => Err(GitError::Spawn {
                command: shown,
                source,
            }),
        }
    }

    /// Starts one that answers what it is asked, again and again.
    pub(crate) fn start(mut self) -> Result<(Child, ChildStdin, ChildStdout), GitError> {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = self
            .command
            .spawn()
            .map_err(|source| self.spawn_error(source))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok((child, input, output)),
            _ => Err(self.spawn_error(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Runs it and returns the one line it printed.
    pub(crate) fn line(self) -> Result<String, GitError> {
        let command = self.shown.clone();
        one_line(command, self.run()?)
    }

    /// The same of one that ends with 1 where it finds nothing. What it says
    /// besides does not matter: it may be traced.
    pub(crate) fn found_line(self) -> Result<Option<String>, GitError> {
        let command = self.shown.clone();
        let stdout = self.found(None)?;
        stdout.map(|stdout| one_line(command, stdout)).transpose()
    }

    /// Runs it and reads the one line it printed.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(self) -> Result<T, GitError> {
        let command = self.shown.clone();
        self.line()?
            .parse()
            .map_err(|error: T::Err| GitError::Unreadable {
                command,
                what: error.to_string(),
            })
    }

    /// Runs it with `input` on its standard input, whatever it exits with.
    pub(crate) fn output(mut self, input: Option<&[u8]>) -> Result<Output, GitError> {
        if input.is_some() {
            self.command.stdin(Stdio::piped());
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let spawned = self
            .command
            .spawn()
            .map_err(|source| self.spawn_error(source))?;
        let watch = self.limit.map(|limit| Watch::over(spawned.id(), limit));
        let ended = wait(spawned, input).map_err(|source| self.spawn_error(source));
        if watch.is_some_and(Watch::end) {
            return Err(GitError::Failed {
                command: self.shown,
                stderr: format!(
                    "it did not end within {} s",
                    self.limit.unwrap_or_default().as_secs()
                ),
            });
        }
        ended
    }
}

fn one_line(command: String, stdout: Vec<u8>) -> Result<String, GitError> {
    match String::from_utf8(stdout) {
        Ok(text) => Ok(text.trim_end_matches('\n').to_owned()),
        Err(_) => Err(GitError::Unreadable {
            command,
            what: "it is not UTF-8".to_owned(),
        }),
    }
}

/// Ends a process group that takes too long.
struct Watch {
    over: mpsc::Sender<()>,
    thread: JoinHandle<bool>,
}

impl Watch {
    fn over(leader: u32, limit: Duration) -> Self {
        let (over, waits) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let late = waits.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            let group = i32::try_from(leader).ok().and_then(Pid::from_raw);
            if let (true, Some(group)) = (late, group) {
                let _ = rustix::process::kill_process_group(group, Signal::KILL);
            }
            late
        });
        Self { over, thread }
    }

    /// Returns whether it took too long.
    fn end(self) -> bool {
        let Self { over, thread } = self;
        drop(over);
        thread.join().unwrap_or(false)
    }
}

fn wait(mut child: std::process::Child, input: Option<&[u8]>) -> io::Result<Output> {
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // What git prints before it has read its input fits into a pipe.
        match stdin.write_all(input) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => drop(stdin),
        }
    }
    child.wait_with_output()
}
