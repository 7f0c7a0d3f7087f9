//! `piton runs show --follow`: a run of another process, as it goes on.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::Duration;

use piton_base::Report;
use piton_base::terminal::clean;
use piton_loop::runs::{self, Overview, Recorded, RunDir, RunId, RunState};

use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind, Exit};
use crate::output::{Channel, Level};
use crate::records::overview;

/// How often it is looked for more.
const PAUSE: Duration = Duration::from_millis(200);

/// Hands the events of a run on as if they happened here, until it is over.
pub(super) fn follow(context: &Context, runs: &Path, id: &RunId) -> CommandResult {
    let path = RunDir::of(runs, id).events();
    let mut tail = Tail::default();
    let mut news = Overview::default();
    loop {
        // Asked before reading: what was written until then is read.
        let over = runs::state_of(runs, id) == RunState::Over;
        let lines = tail
            .more(&path)
            .or_failed(format!("could not follow the run {id}"))?;
        for line in lines {
            // A newer piton may tell things that this one does not know.
            if let Ok(told) = serde_json::from_slice::<Recorded>(&line) {
                news.take(told.clone());
                context.events.report(told);
            }
        }
        if over {
            let ending = news.end.as_ref().map_or("it was killed", |end| {
                end.summary.as_deref().unwrap_or(end.status.as_str())
            });
            let text = overview::lines(&news, context.out.width());
            let text = format!("{text}run {id} ended: {}", clean(ending));
            context.out.say(Channel::General, Level::NORMAL, &text);
            return Ok(Exit::Done);
        }
        if context.stop.wait(PAUSE) {
            return Err(CommandError::new(
                ErrorKind::Interrupted,
                format!("no longer following the run {id}; it continues"),
            ));
        }
    }
}

/// The end of a file that grows.
#[derive(Debug, Default)]
struct Tail {
    read: u64,
    /// The beginning of a line that is not whole yet.
    begun: Vec<u8>,
}

impl Tail {
    /// Returns the whole lines since it was asked last.
    fn more(&mut self, path: &Path) -> io::Result<Vec<Vec<u8>>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            // The run has only just begun.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(self.read))?;
        let before = self.begun.len();
        file.read_to_end(&mut self.begun)?;
        self.read += (self.begun.len() - before) as u64;
        let mut lines = Vec::new();
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let rest = self.begun.split_off(end + 1);
            lines.push(std::mem::replace(&mut self.begun, rest));
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_returned_once_and_when_they_are_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.jsonl");
        let mut tail = Tail::default();
        assert!(tail.more(&path).unwrap().is_empty());
        let put = |text: &str| {
            use std::io::Write as _;
            let mut file = File::options()
                .append(true)
                .create(true)
                .open(&path)
                .unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        put("one\ntw");
        assert_eq!(tail.more(&path).unwrap(), [b"one\n"]);
        assert!(tail.more(&path).unwrap().is_empty());
        put("o\nthree\n");
        assert_eq!(
            tail.more(&path).unwrap(),
            [b"two\n".to_vec(), b"three\n".to_vec()]
        );
    }
}
