//! Running one program under the watchdog until nothing of it is left.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use piton_seal::{Real, Seal};
use rustix::process::Signal;
use thiserror::Error;

use super::ExitKind;
use super::pipes::{self, Message, Source};
use super::tree::{MARKER, Tree, adopt_orphans};
use crate::watchdog::{EndReason, Limits, Seen, Standing, Verdict, decide};
use piton_base::{Clock, Stop};

/// A program to run, described whole: nothing is inherited.
#[derive(Clone, Debug)]
pub struct Launch {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub directory: PathBuf,
    pub environment: BTreeMap<OsString, OsString>,
    /// Written to its standard input, which is then closed.
    pub input: Vec<u8>,
    /// Names the call; every process of it carries this in its environment.
    pub token: String,
    /// What it may do, where it is sealed.
    pub seal: Option<piton_seal::Request>,
}

/// Takes what a program prints, as it comes.
pub trait Sink {
    fn started(&mut self, _pid: u32) {}

    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()>;

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()>;

    /// Returns what the program is doing, as far as its output tells.
    fn standing(&self) -> Standing {
        Standing::Working
    }

    /// Whether the program is talked with, so that its input stays open.
    fn converses(&self) -> bool {
        false
    }

    /// Returns what is to be written to its input now.
    fn answers(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn ending(&mut self, _reason: EndReason) {}
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub exit: ExitKind,
    /// Why it was ended, when it did not end by itself.
    pub reason: Option<EndReason>,
    pub lasted: Duration,
    /// How long it had been silent when it ended or was ended.
    pub silent_for: Duration,
    /// How many processes were still there after the program itself was gone.
    pub left_behind: usize,
    /// Processes that could not be ended, which takes a bug in the kernel or
    /// another user's process.
    pub survivors: Vec<i32>,
}

/// Failure to run a program at all.
#[derive(Debug, Error)]
pub enum LaunchError {
    #[error("failed to start {}", program.display())]
    Start {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("failed to keep what {} printed; it was ended", program.display())]
    Keep {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// The time between two looks at a program that gives no sign.
const LOOK: Duration = Duration::from_millis(100);
/// The same while its processes are being ended.
const ENDING_LOOK: Duration = Duration::from_millis(10);
/// The time between two looks at all processes of the machine.
const SURVEY: Duration = Duration::from_secs(1);
/// How long after the last process a pipe may stay open. What is in it then is
/// read all the same.
const DRAIN: Duration = Duration::from_secs(1);
/// How long the hard signal is repeated.
const HARD: Duration = Duration::from_secs(10);
/// How many chunks may wait to be looked at; the reader waits beyond that.
const QUEUE: usize = 64;

/// Runs a program and returns when it and all its processes are gone.
pub fn supervise(
    launch: &Launch,
    sink: &mut dyn Sink,
    limits: &Limits,
    stop: &Stop,
    clock: &dyn Clock,
) -> Result<Ended, LaunchError> {
    let failed = |source| LaunchError::Start {
        program: launch.program.clone(),
        source,
    };
    adopt_orphans();
    let mut child = start(launch, sink.converses(), stop).map_err(failed)?;
    let (to, messages) = mpsc::sync_channel(QUEUE);
    let abandon = Arc::new(AtomicBool::new(false));
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let tree = Tree::of(Some(child.id()), &launch.directory, &launch.token);
    sink.started(child.id());
    let mut run = Run {
        child,
        tree,
        abandon,
        gone: None,
        cleared: false,
        talk: None,
    };
    if let Some(stdin) = stdin {
        if sink.converses() {
            run.talk = Some(pipes::talk(stdin));
            run.say(sink);
        } else {
            pipes::write(stdin, launch.input.clone());
        }
    }
    if let Some(stdout) = stdout {
        pipes::read(
            Source::Stdout,
            stdout.into(),
            to.clone(),
            Arc::clone(&run.abandon),
        );
    }
    if let Some(stderr) = stderr {
        pipes::read(Source::Stderr, stderr.into(), to, Arc::clone(&run.abandon));
    }
    let keep = |source| LaunchError::Keep {
        program: launch.program.clone(),
        source,
    };
    run.watch(&messages, sink, limits, stop, clock)
        .map_err(keep)
}

/// Starts a program. One that is just being written, as by an agent that
/// updates itself, is waited for a moment.
fn start(launch: &Launch, converses: bool, stop: &Stop) -> io::Result<Child> {
    let mut attempts = 0;
    loop {
        match spawn(launch, converses) {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && attempts < 40 => {
                attempts += 1;
                if stop.wait(Duration::from_millis(50)) {
                    return Err(error);
                }
            }
            started => return started,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the room where agents are started"
)]
fn spawn(launch: &Launch, converses: bool) -> io::Result<Child> {
    let input = if launch.input.is_empty() && !converses {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    let mut command = Command::new(&launch.program);
    command
        .args(&launch.arguments)
        .current_dir(&launch.directory)
        .env_clear()
        .envs(&launch.environment)
        .env(MARKER, &launch.token)
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: an interrupt from the terminal reaches piton alone,
        // which then ends the agent in good order.
        .process_group(0);
    put_on(&mut command, launch.seal.as_ref())?;
    command.spawn()
}

/// Seals what a command will start. A seal that cannot be made starts nothing.
pub(crate) fn put_on(
    command: &mut Command,
    request: Option<&piton_seal::Request>,
) -> io::Result<()> {
    let Some(request) = request else {
        return Ok(());
    };
    let seal = Seal::decide(request, &Real).and_then(|seal| seal.prepare());
    seal.map_err(io::Error::other)?.apply(command);
    Ok(())
}

/// A program under way. Dropping it ends everything at once, so that not even a
/// panic leaves an agent behind.
struct Run {
    child: Child,
    tree: Tree,
    abandon: Arc<AtomicBool>,
    gone: Option<ExitKind>,
    /// Whether no process is left.
    cleared: bool,
    /// Leads to its input while the conversation goes on.
    talk: Option<Sender<Vec<u8>>>,
}

/// Where the run stands.
enum Step {
    Running,
    /// Signalled politely at this time.
    Polite(Duration),
    /// Signalled hard since this time.
    Hard(Duration),
    /// No process is left since this time; the pipes may still hold something.
    Draining(Duration),
}

impl Run {
    fn watch(
        &mut self,
        messages: &Receiver<Message>,
        sink: &mut dyn Sink,
        limits: &Limits,
        stop: &Stop,
        clock: &dyn Clock,
    ) -> io::Result<Ended> {
        let started = clock.elapsed();
        let mut seen = Seen {
            started,
            last_output: started,
            standing: Standing::Working,
            standing_since: started,
        };
        let mut step = Step::Running;
        let mut open = 2;
        let mut reason = None;
        let mut ended_at = None;
        // What it says while it is being ended was not said in time.
        let mut last_in_time = started;
        let mut left_behind = 0;
        let mut surveyed = started;
        let mut survivors = Vec::new();
        loop {
            let pause = if matches!(step, Step::Running) && open > 0 {
                LOOK
            } else {
                ENDING_LOOK
            };
            let message = messages.recv_timeout(pause);
            let now = clock.elapsed();
            match message {
                Ok(Message::Chunk(source, chunk)) => {
                    match source {
                        Source::Stdout => sink.stdout(&chunk)?,
                        Source::Stderr => sink.stderr(&chunk)?,
                    }
                    seen.last_output = now;
                    if ended_at.is_none() {
                        last_in_time = now;
                    }
                    self.say(sink);
                    let standing = sink.standing();
                    if standing != seen.standing {
                        (seen.standing, seen.standing_since) = (standing, now);
                    }
                }
                Ok(Message::End) => open -= 1,
                Err(RecvTimeoutError::Timeout) => {}
                // Both readers are gone: there is nothing to wait on but time.
                Err(RecvTimeoutError::Disconnected) => {
                    open = 0;
                    clock.pause(ENDING_LOOK);
                }
            }
            if self.gone.is_none() {
                self.gone = self.child.try_wait()?.map(ExitKind::from);
            }
            step = match step {
                Step::Running => {
                    if now.saturating_sub(surveyed) >= SURVEY {
                        surveyed = now;
                        self.tree.look();
                    }
                    let verdict = decide(now, &seen, limits);
                    if self.gone.is_some() {
                        ended_at = Some(now);
                        left_behind = self.tree.look().len();
                        if left_behind == 0 {
                            Step::Draining(now)
                        } else {
                            self.polite(now)
                        }
                    } else if stop.requested() {
                        reason = Some(EndReason::Stopped);
                        self.polite(now)
                    } else if let Verdict::End(why) = verdict {
                        reason = Some(why);
                        self.polite(now)
                    } else {
                        Step::Running
                    }
                }
                Step::Polite(since) => {
                    if self.none_left() {
                        Step::Draining(now)
                    } else if now.saturating_sub(since) >= limits.politeness {
                        Step::Hard(now)
                    } else {
                        Step::Polite(since)
                    }
                }
                Step::Hard(since) => {
                    self.tree.signal(Signal::KILL, self.gone.is_none());
                    if self.none_left() {
                        Step::Draining(now)
                    } else if now.saturating_sub(since) >= HARD {
                        survivors = self.tree.look();
                        Step::Draining(now)
                    } else {
                        Step::Hard(since)
                    }
                }
                Step::Draining(since) => {
                    // What is still being read does not count as waiting.
                    let since = since.max(seen.last_output);
                    if open == 0 {
                        break;
                    }
                    if now.saturating_sub(since) >= DRAIN {
                        self.abandon.store(true, Ordering::SeqCst);
                    }
                    Step::Draining(since)
                }
            };
            if let (Some(why), None) = (reason, ended_at) {
                ended_at = Some(now);
                sink.ending(why);
            }
        }
        self.cleared = survivors.is_empty();
        let ended_at = ended_at.unwrap_or_else(|| clock.elapsed());
        Ok(Ended {
            exit: self.gone.unwrap_or(ExitKind::Unknown),
            reason,
            lasted: ended_at.saturating_sub(started),
            silent_for: ended_at.saturating_sub(last_in_time),
            left_behind,
            survivors,
        })
    }

    /// Passes on what is to be told; after the result the input is closed, by
    /// which such programs know that they may go.
    fn say(&mut self, sink: &mut dyn Sink) {
        let Some(talk) = &self.talk else { return };
        let words = sink.answers();
        // A program that does not listen any more is told by its end.
        if (!words.is_empty() && talk.send(words).is_err()) || sink.standing() == Standing::Finished
        {
            self.talk = None;
        }
    }

    fn polite(&mut self, now: Duration) -> Step {
        self.tree.signal(Signal::TERM, self.gone.is_none());
        Step::Polite(now)
    }

    fn none_left(&mut self) -> bool {
        self.gone.is_some() && self.tree.look().is_empty()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.abandon.store(true, Ordering::SeqCst);
        if !self.cleared {
            self.tree.signal(Signal::KILL, self.gone.is_none());
            if self.gone.is_none() {
                let _ = self.child.wait();
            }
            self.tree.signal(Signal::KILL, false);
            self.tree.look();
        }
    }
}
