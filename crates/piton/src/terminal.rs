//! Asking the person at the terminal.

use std::io::{self, BufRead, Write};

use piton_plan::{ActionId, Ask, AskError, Input, InputKind, Reply, SecretText};

/// Asks on standard error and reads standard input, so that standard output
/// stays data.
#[derive(Debug)]
pub(crate) struct Terminal;

impl Ask for Terminal {
    fn ask(&mut self, _action: &ActionId, input: &Input) -> Result<Reply, AskError> {
        match input.kind {
            InputKind::Confirm => loop {
                let line = line(&format!(
                    "{} [y/N, a = yes to all, s = no to all] ",
                    input.question
                ))?;
                match Reply::from_line(&line) {
                    Some(reply) => return Ok(reply),
                    None => say("please answer y, n, a or s\n")?,
                }
            },
            InputKind::Text => Ok(Reply::Text(line(&format!("{} ", input.question))?)),
            InputKind::Secret => {
                let secret = dialoguer::Password::new()
                    .with_prompt(&input.question)
                    .allow_empty_password(true)
                    .interact()
                    .map_err(|dialoguer::Error::IO(error)| AskError::Io(error))?;
                Ok(if secret.is_empty() {
                    Reply::No
                } else {
                    Reply::Secret(SecretText::new(secret))
                })
            }
        }
    }
}

/// Asks whether to go on; a bare return says yes.
pub(crate) fn proceed() -> Result<bool, AskError> {
    loop {
        match line("proceed? [Y/n] ")?
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            "" | "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => say("please answer y or n\n")?,
        }
    }
}

fn line(prompt: &str) -> Result<String, AskError> {
    say(prompt)?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(AskError::Interrupted);
    }
    Ok(line)
}

fn say(text: &str) -> Result<(), AskError> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()?;
    Ok(())
}
