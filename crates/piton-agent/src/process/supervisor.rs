//! Running one program under the watchdog until nothing of it is left.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::time::Duration;

use piton_seal::{Real, Seal};
use thiserror::Error;

use super::can_be_looked_at;
use super::pipes::{self, Source};
use super::sink::{Ended, Sink};
use super::tree::{MARKER, Tree, adopt_orphans};
use super::watch::{Run, Watch};
use crate::watchdog::Limits;
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

/// Failure to run a program at all.
#[derive(Debug, Error)]
pub enum LaunchError {
    #[error("could not start {}", program.display())]
    Start {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not store the output of {}; it was ended", program.display())]
    Keep {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
}

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
    // Who cannot be looked at cannot be ended.
    can_be_looked_at().map_err(failed)?;
    adopt_orphans();
    let mut child = start(launch, sink.converses(), stop).map_err(failed)?;
    let (to, messages) = mpsc::sync_channel(QUEUE);
    let abandon = Arc::new(AtomicBool::new(false));
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let tree = Tree::of(Some(child.id()), &launch.directory, &launch.token);
    sink.started(child.id());
    let mut run = Run::new(child, tree, Arc::clone(&abandon));
    if let Some(stdin) = stdin {
        if sink.converses() {
            run.converse(pipes::talk(stdin), sink);
        } else {
            pipes::write(stdin, launch.input.clone());
        }
    }
    if let Some(stdout) = stdout {
        pipes::read(
            Source::Stdout,
            stdout.into(),
            to.clone(),
            Arc::clone(&abandon),
        );
    }
    if let Some(stderr) = stderr {
        pipes::read(Source::Stderr, stderr.into(), to, abandon);
    }
    let keep = |source| LaunchError::Keep {
        program: launch.program.clone(),
        source,
    };
    let watch = Watch {
        run: &mut run,
        sink,
        limits,
        stop,
        clock,
    };
    watch.until_it_is_over(&messages).map_err(keep)
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
