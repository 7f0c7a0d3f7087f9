//! Keeping what a program prints: redacted, to disk, and read on the way.

use std::io;

use piton_durable::{Appender, Disk, DiskError};

use crate::adapter::{AdapterSpec, FailureClass, FailureRule};
use crate::agent::{AgentError, CallEvent, CallEvents, CallFiles};
use crate::classify::class_of;
use crate::dialect::{Dialect, Transcript};
use crate::process::Sink;
use crate::redact::{Redacting, Redactor};
use crate::usage::Usage;
use crate::watchdog::{EndReason, Standing};

/// The most that is stored of one stream. What comes after is still read, but a
/// program gone wild must not fill the disk.
const MOST_STORED: u64 = 256 << 20;

/// How much of the end of standard error is kept for messages.
const TAIL: usize = 8 << 10;

pub(super) struct Recording<'a> {
    reader: Box<dyn Dialect>,
    stdout: Stream<'a>,
    stderr: Stream<'a>,
    tail: Vec<u8>,
    arguments: &'a [String],
    events: &'a dyn CallEvents,
    rules: &'a [FailureRule],
    /// How many retries were told of, and what of the rest was.
    retries_told: u32,
    converses: bool,
    progress_told: (Option<Usage>, Option<String>),
}

/// How many announcements in a row show that an agent is not signed in.
const HOPELESS: u32 = 3;

/// What is left of a program's output when it is over.
pub(super) struct Kept {
    pub(super) transcript: Transcript,
    pub(super) stderr_tail: String,
    pub(super) stdout_bytes: u64,
    pub(super) stderr_bytes: u64,
}

struct Stream<'a> {
    redacting: Redacting<'a>,
    log: Box<dyn Appender>,
    /// How much came, and how much of it was stored.
    bytes: u64,
    stored: u64,
    clean: Vec<u8>,
}

impl<'a> Recording<'a> {
    pub(super) fn open(
        disk: &dyn Disk,
        redactor: &'a Redactor,
        spec: &'a AdapterSpec,
        files: &CallFiles,
        reader: Box<dyn Dialect>,
        arguments: &'a [String],
        events: &'a dyn CallEvents,
    ) -> Result<Self, AgentError> {
        let open = |path: std::path::PathBuf| {
            Ok::<_, DiskError>(Stream {
                redacting: redactor.stream(),
                log: disk.append(&path, 0o600)?,
                bytes: 0,
                stored: 0,
                clean: Vec::new(),
            })
        };
        Ok(Self {
            reader,
            stdout: open(files.stdout())?,
            stderr: open(files.stderr())?,
            tail: Vec::new(),
            arguments,
            events,
            rules: &spec.failures,
            retries_told: 0,
            converses: spec.stream.converses(),
            progress_told: (None, None),
        })
    }

    /// Takes the end of both streams.
    pub(super) fn close(mut self) -> io::Result<Kept> {
        let kept = self.stdout.end();
        self.go_on_without_room(kept)?;
        self.reader.feed(&self.stdout.clean);
        let kept = self.stderr.end();
        self.go_on_without_room(kept)?;
        self.keep_tail();
        let kept = self.stdout.log.sync().and_then(|()| self.stderr.log.sync());
        self.go_on_without_room(kept.map_err(Into::into))?;
        Ok(Kept {
            transcript: self.reader.finish(),
            stderr_tail: String::from_utf8_lossy(&self.tail).into_owned(),
            stdout_bytes: self.stdout.bytes,
            stderr_bytes: self.stderr.bytes,
        })
    }

    /// Tells those who watch what the output says again.
    fn tell(&mut self) {
        let so_far = self.reader.so_far();
        match &so_far.retrying {
            Some(retrying) if retrying.times > self.retries_told => {
                self.retries_told = retrying.times;
                self.events
                    .event(CallEvent::Retrying(&retrying.failure.message));
            }
            Some(_) => {}
            None => self.retries_told = 0,
        }
        if so_far.usage != self.progress_told.0 || so_far.doing != self.progress_told.1 {
            self.events.event(CallEvent::Progress {
                usage: so_far.usage,
                cost_usd: so_far.cost,
                doing: so_far.doing.as_deref(),
            });
            self.progress_told = (so_far.usage, so_far.doing.clone());
        }
    }

    /// An answer counts for more than the record of it: on a full disk it is
    /// read to its end, and nothing more of it is kept.
    fn go_on_without_room(&mut self, kept: io::Result<()>) -> io::Result<()> {
        match kept {
            Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                self.stdout.stored = MOST_STORED;
                self.stderr.stored = MOST_STORED;
                self.events.event(CallEvent::NoRoom);
                Ok(())
            }
            kept => kept,
        }
    }

    fn keep_tail(&mut self) {
        self.tail.extend_from_slice(&self.stderr.clean);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }
}

impl Sink for Recording<'_> {
    fn started(&mut self, pid: u32) {
        self.events.event(CallEvent::Started {
            pid: Some(pid),
            arguments: self.arguments,
        });
    }

    fn converses(&self) -> bool {
        self.converses
    }

    fn answers(&mut self) -> Vec<u8> {
        self.reader.answers()
    }

    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()> {
        let kept = self.stdout.take(chunk);
        self.go_on_without_room(kept)?;
        self.reader.feed(&self.stdout.clean);
        self.events.event(CallEvent::Stdout(&self.stdout.clean));
        self.tell();
        Ok(())
    }

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()> {
        let kept = self.stderr.take(chunk);
        self.go_on_without_room(kept)?;
        self.keep_tail();
        self.events.event(CallEvent::Stderr(&self.stderr.clean));
        Ok(())
    }

    fn standing(&self) -> Standing {
        // Keys do not become right by being tried again.
        let hopeless = self
            .reader
            .so_far()
            .retrying
            .as_ref()
            .is_some_and(|retrying| {
                retrying.times >= HOPELESS
                    && class_of(self.rules, &retrying.failure) == Some(FailureClass::Authentication)
            });
        if hopeless {
            Standing::Hopeless
        } else {
            self.reader.standing()
        }
    }

    fn ending(&mut self, reason: EndReason) {
        self.events.event(CallEvent::Ending(reason));
    }
}

impl Stream<'_> {
    /// Redacts a chunk into `clean` and stores that.
    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.bytes += chunk.len() as u64;
        self.clean.clear();
        self.redacting.feed(chunk, &mut self.clean);
        self.store()
    }

    fn end(&mut self) -> io::Result<()> {
        self.clean.clear();
        self.redacting.finish(&mut self.clean);
        self.store()
    }

    fn store(&mut self) -> io::Result<()> {
        let length = self.clean.len() as u64;
        if self.stored + length <= MOST_STORED && length > 0 {
            self.stored += length;
            self.log.append(&self.clean)?;
        }
        Ok(())
    }
}
