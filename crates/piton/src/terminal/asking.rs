//! Asking the person at the terminal.
//!
//! Questions go to standard error and answers come from standard input, so
//! that standard output stays data. A question ends at once when piton is told
//! to stop.

use std::io::{self, Write};

use piton_base::Stop;
use piton_plan::files::KEEP;
use piton_plan::{ActionId, Ask, AskError, Input, InputKind, Reply, SecretText};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{self, LocalModes, OptionalActions, Termios};

/// The person at the terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal<'s> {
    stop: &'s Stop,
}

/// How long a stop may take to be noticed, in nanoseconds.
const LOOK: i64 = 50_000_000;

/// The longest line that is taken.
const LONGEST: usize = 64 * 1024;

impl<'s> Terminal<'s> {
    pub(crate) fn new(stop: &'s Stop) -> Self {
        Self { stop }
    }

    /// Asks whether to go on; a bare return says `default`.
    pub(crate) fn proceed(self, default: bool) -> Result<bool, AskError> {
        let words = if default { "Y/n" } else { "y/N" };
        loop {
            let said = self.line(&format!("proceed? [{words}] "))?;
            match said.trim().to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => say("please answer y or n\n")?,
            }
        }
    }

    /// Asks for one of some words; a bare return, or anything else twice, is
    /// none.
    pub(crate) fn choose(self, prompt: &str, words: &[&str]) -> Result<Option<String>, AskError> {
        for _ in 0..2 {
            let said = match self.line(prompt) {
                Ok(said) => said.trim().to_ascii_lowercase(),
                // The end of the input is no answer; a stop is a stop.
                Err(AskError::Interrupted) if !self.stop.requested() => return Ok(None),
                Err(error) => return Err(error),
            };
            if said.is_empty() {
                return Ok(None);
            }
            let mut fitting = words.iter().filter(|word| word.starts_with(&said));
            if let (Some(word), None) = (fitting.next(), fitting.next()) {
                return Ok(Some((*word).to_owned()));
            }
            say(&format!("please answer {}, or nothing\n", words.join(", ")))?;
        }
        Ok(None)
    }

    /// Asks for a line of text.
    pub(crate) fn line(self, prompt: &str) -> Result<String, AskError> {
        say(prompt)?;
        self.read()
    }

    /// Asks for a line that is not shown.
    fn secret(self, prompt: &str) -> Result<String, AskError> {
        say(prompt)?;
        let silent = Silent::new();
        let line = self.read();
        drop(silent);
        say("\n")?;
        line
    }

    /// Reads a line, byte by byte: what is typed ahead belongs to whoever reads
    /// next.
    fn read(self) -> Result<String, AskError> {
        let mut line = Vec::new();
        loop {
            self.wait()?;
            let mut byte = [0];
            match rustix::io::read(io::stdin(), &mut byte) {
                Ok(0) if line.is_empty() => {
                    let _ = say("\n");
                    return Err(AskError::Interrupted);
                }
                Ok(0) => break,
                Ok(_) if byte[0] == b'\n' => break,
                Ok(_) if line.len() < LONGEST => line.push(byte[0]),
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(AskError::Io(error.into())),
            }
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// Waits until there is something to read, or piton is told to stop.
    fn wait(self) -> Result<(), AskError> {
        let pause = Timespec {
            tv_sec: 0,
            tv_nsec: LOOK,
        };
        loop {
            if self.stop.requested() {
                // What the terminal echoed of the key stays on its own line.
                let _ = say("\n");
                return Err(AskError::Interrupted);
            }
            let stdin = io::stdin();
            let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
            match poll(&mut fds, Some(&pause)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(AskError::Io(error.into())),
            }
        }
    }
}

impl Ask for Terminal<'_> {
    fn ask(&mut self, _action: &ActionId, input: &Input) -> Result<Reply, AskError> {
        match &input.kind {
            InputKind::Confirm => loop {
                let line = self.line(&format!(
                    "{} [y/N, a = yes to all, s = no to all] ",
                    input.question
                ))?;
                match Reply::from_line(&line) {
                    Some(reply) => return Ok(reply),
                    None => say("please answer y, n, a or s\n")?,
                }
            },
            InputKind::Choice(words) => {
                let named: Vec<&str> = words.iter().map(String::as_str).collect();
                let prompt = format!("{}: {}? ", input.question, named.join(", "));
                let said = self.choose(&prompt, &named)?;
                Ok(said
                    .filter(|word| word != KEEP)
                    .map_or(Reply::No, Reply::Text))
            }
            InputKind::Text => Ok(Reply::Text(self.line(&format!("{} ", input.question))?)),
            InputKind::Secret => {
                let secret = self.secret(&format!("{}: ", input.question))?;
                Ok(if secret.is_empty() {
                    Reply::No
                } else {
                    Reply::Secret(SecretText::new(secret))
                })
            }
        }
    }
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silent(Option<Termios>);

impl Silent {
    fn new() -> Self {
        let stdin = io::stdin();
        let before = termios::tcgetattr(&stdin).ok();
        if let Some(before) = &before {
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            let _ = termios::tcsetattr(&stdin, OptionalActions::Flush, &silent);
        }
        Self(before)
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

fn say(text: &str) -> Result<(), AskError> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()?;
    Ok(())
}
