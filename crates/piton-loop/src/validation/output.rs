//! What a command prints: into the record as it comes, and its end kept.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::io;
use std::path::Path;

use piton_agent::process::Sink;
use piton_durable::{Appender, Disk};

/// Shows what a command prints while it runs.
pub trait ShowOutput: Debug + Sync {
    fn show(&self, chunk: &[u8]);
}

/// How many lines of the end are kept.
const LINES: usize = 40;
/// No line is kept beyond this.
const LINE: usize = 1_000;
/// More than this of one output is not recorded: a test that prints for ever
/// must not fill the disk.
const MOST: u64 = 64 * 1024 * 1024;

/// One of the two outputs.
#[derive(Debug)]
struct Stream {
    file: Box<dyn Appender>,
    written: u64,
    line: Vec<u8>,
}

/// Both outputs, on their way into the record.
#[derive(Debug)]
pub(super) struct Output<'a> {
    stdout: Stream,
    stderr: Stream,
    tail: VecDeque<String>,
    show: &'a dyn ShowOutput,
}

impl<'a> Output<'a> {
    pub(super) fn into(
        disk: &dyn Disk,
        directory: &Path,
        show: &'a dyn ShowOutput,
    ) -> io::Result<Self> {
        let stream = |name: &str| {
            disk.append(&directory.join(name), 0o600)
                .map(|file| Stream {
                    file,
                    written: 0,
                    line: Vec::new(),
                })
        };
        Ok(Self {
            stdout: stream("tests.stdout.log")?,
            stderr: stream("tests.stderr.log")?,
            tail: VecDeque::new(),
            show,
        })
    }

    /// Returns the last lines, both outputs together.
    pub(super) fn tail(mut self) -> String {
        for stream in [&mut self.stdout, &mut self.stderr] {
            if !stream.line.is_empty() {
                keep(&mut self.tail, &stream.line);
            }
        }
        self.tail.into_iter().collect::<Vec<_>>().join("\n")
    }
}

impl Stream {
    fn take(&mut self, chunk: &[u8], tail: &mut VecDeque<String>) -> io::Result<()> {
        let room = usize::try_from(MOST.saturating_sub(self.written)).unwrap_or(usize::MAX);
        let fits = chunk.get(..room.min(chunk.len())).unwrap_or_default();
        if !fits.is_empty() {
            self.file.append(fits)?;
            self.written += fits.len() as u64;
        }
        for byte in chunk {
            if *byte == b'\n' {
                keep(tail, &self.line);
                self.line.clear();
            } else if self.line.len() < LINE {
                self.line.push(*byte);
            }
        }
        Ok(())
    }
}

fn keep(tail: &mut VecDeque<String>, line: &[u8]) {
    if tail.len() == LINES {
        tail.pop_front();
    }
    tail.push_back(String::from_utf8_lossy(line).trim_end().to_owned());
}

impl Sink for Output<'_> {
    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.show.show(chunk);
        self.stdout.take(chunk, &mut self.tail)
    }

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.show.show(chunk);
        self.stderr.take(chunk, &mut self.tail)
    }
}
