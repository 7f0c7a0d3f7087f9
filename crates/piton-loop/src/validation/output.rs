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
        let at = where_the_last_begin(chunk);
        if at > 0 {
            self.line.clear();
        }
        for piece in chunk
            .get(at..)
            .unwrap_or_default()
            .split_inclusive(|byte| *byte == b'\n')
        {
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            let room = LINE.saturating_sub(self.line.len());
            self.line.extend(text.iter().take(room));
            if text.len() < piece.len() {
                keep(tail, &self.line);
                self.line.clear();
            }
        }
        Ok(())
    }
}

/// Returns where the lines of a chunk begin after which no earlier one stays:
/// a flood of short lines is not looked at line by line.
fn where_the_last_begin(chunk: &[u8]) -> usize {
    let ends = chunk
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n');
    ends.map(|(at, _)| at + 1).nth(LINES).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use piton_durable::DiskRead as _;
    use piton_testkit::SimDisk;
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug)]
    struct Unseen;

    impl ShowOutput for Unseen {
        fn show(&self, _: &[u8]) {}
    }

    /// Returns the tail of an output that came in pieces of these lengths.
    fn tail(text: &[u8], lengths: &[usize]) -> String {
        let disk = SimDisk::new();
        disk.put_dir(Path::new("/out"));
        let mut output = Output::into(&disk, Path::new("/out"), &Unseen).unwrap();
        let mut rest = text;
        for length in lengths.iter().cycle() {
            let (piece, after) = rest.split_at((*length).min(rest.len()));
            output.stdout(piece).unwrap();
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        output.tail()
    }

    #[test]
    fn of_very_many_lines_the_last_stay_however_they_come() {
        let all: Vec<String> = (0..5_000).map(|number| number.to_string()).collect();
        let last = all[all.len() - LINES..].join("\n");
        let text = all.join("\n");
        for lengths in [&[1][..], &[7, 3], &[64 << 10], &[190, 1]] {
            assert_eq!(tail(text.as_bytes(), lengths), last, "{lengths:?}");
            let ended = format!("{text}\n");
            assert_eq!(tail(ended.as_bytes(), lengths), last, "{lengths:?}");
        }
    }

    #[test]
    fn of_an_output_without_end_the_first_part_is_recorded_and_the_last_lines_are_kept() {
        let disk = SimDisk::new();
        let dir = Path::new("/out");
        disk.put_dir(dir);
        let mut output = Output::into(&disk, dir, &Unseen).unwrap();
        let most = usize::try_from(MOST).unwrap();
        let mut flood = vec![b'x'; most - 2];
        flood[most - 100..].fill(b'\n');
        output.stdout(&flood).unwrap();
        output.stdout(b"abc\n").unwrap();
        output.stdout(b"the end").unwrap();
        output.stderr(b"its own").unwrap();
        let recorded = |name: &str| disk.read(&dir.join(name)).unwrap();
        let stdout = recorded("tests.stdout.log");
        assert_eq!(stdout.len(), most);
        assert!(stdout.ends_with(b"\nab"));
        assert_eq!(recorded("tests.stderr.log"), b"its own");
        assert!(output.tail().ends_with("\nabc\nthe end\nits own"));
    }

    proptest! {
        #[test]
        fn how_an_output_is_cut_changes_nothing_of_its_tail(
            text in "[ab\n]{0,400}", lengths in proptest::collection::vec(1usize..120, 1..6),
        ) {
            let lines: Vec<&str> = text.lines().collect();
            let last = lines[lines.len().saturating_sub(LINES)..].join("\n");
            prop_assert_eq!(tail(text.as_bytes(), &lengths), last);
        }
    }
}
