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

/// Asks for one of some words; a bare return, or anything else twice, is none.
pub(crate) fn choose(prompt: &str, words: &[&str]) -> Result<Option<String>, AskError> {
    for _ in 0..2 {
        let said = match line(prompt) {
            Ok(said) => said.trim().to_ascii_lowercase(),
            Err(AskError::Interrupted) => return Ok(None),
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
pub(crate) fn line(prompt: &str) -> Result<String, AskError> {
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
