//! Writing a text in the user's editor.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use piton_durable::{Disk, DiskRead, write_atomic};

use signal_hook::consts::SIGINT;

use crate::context::Context;
use crate::error::{Attempt as _, CommandError, ErrorKind};

/// What the editor opens with; such lines are left out afterwards.
const ADVICE: &str =
    "\n# Write above. Lines that begin with # are left out; nothing at all cancels.\n";

/// Stands above what is only there to be read.
const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// Opens an editor, with what it is about below, and returns what was written.
pub(crate) fn write(context: &Context, what: &str, below: &str) -> Result<String, CommandError> {
    refuse_without_terminal(context)
        .map_err(|error| error.hint("give the text with --message or --file"))?;
    let file = context
        .state()?
        .work()
        .join(format!("{what}-{}.md", std::process::id()));
    let template = format!(
        "{ADVICE}# This is what it is about:\n{SCISSORS}\n\n{}\n",
        below.trim_end()
    );
    let could_not = "could not use an editor";
    write_atomic(&context.disk, &file, template.as_bytes(), 0o600)
        .map_err(|error| error.to_string())
        .or_failed(could_not)?;
    let read = || context.disk.read(&file).map_err(|error| error.to_string());
    let written = run(context, &file).and_then(|()| read().or_failed(could_not));
    // It is scratch; one that stays is in nobody's way.
    let _ = context.disk.remove_file(&file);
    let text = String::from_utf8(written?)
        .map_err(|_| CommandError::usage("what the editor wrote is not UTF-8"))?;
    let kept: Vec<&str> = text
        .lines()
        .take_while(|line| *line != SCISSORS)
        .filter(|line| !line.starts_with('#'))
        .collect();
    Ok(kept.join("\n").trim().to_owned())
}

/// Opens files as they are.
pub(crate) fn open(context: &Context, files: &[std::path::PathBuf]) -> Result<(), CommandError> {
    refuse_without_terminal(context)?;
    files.iter().try_for_each(|file| run(context, file))
}

fn refuse_without_terminal(context: &Context) -> Result<(), CommandError> {
    if context.interactive() {
        return Ok(());
    }
    let message = "could not open an editor: there is no terminal";
    Err(CommandError::new(ErrorKind::NeedsPerson, message))
}

/// Shows a text in the user's pager; where nobody sits at a terminal it is
/// printed.
pub(crate) fn page(context: &Context, text: &str) {
    let pager = context.environment.get("PAGER").unwrap_or("less");
    let words = piton_agent::words::split(pager).ok();
    let (Some(words), true) = (
        words,
        context.interactive() && context.out.stdout_is_terminal(),
    ) else {
        context.out.data(text);
        return;
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the user's own pager, on the user's terminal"
    )]
    let started = Command::new(&words[0])
        .args(&words[1..])
        // What fits the screen needs no key to go on.
        .env("LESS", context.environment.get("LESS").unwrap_or("FRX"))
        .stdin(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        context.out.data(text);
        return;
    };
    if let Some(mut input) = child.stdin.take() {
        // Somebody who leaves before the end has seen enough.
        let _ = std::io::Write::write_all(&mut input, text.as_bytes());
    }
    let _ = child.wait();
}

fn run(context: &Context, file: &Path) -> Result<(), CommandError> {
    let named = context
        .environment
        .get("VISUAL")
        .or_else(|| context.environment.get("EDITOR"));
    let line = named.unwrap_or("vi");
    let words =
        piton_agent::words::split(line).or_usage(format!("could not use the editor `{line}`"))?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the user's own editor, on the user's terminal"
    )]
    let ended = Command::new(&words[0]).args(&words[1..]).arg(file).status();
    match ended {
        // The key goes to both; an editor that takes it for itself turns it off.
        Ok(status) if context.stop.requested() || status.signal() == Some(SIGINT) => Err(
            CommandError::new(ErrorKind::Interrupted, "interrupted; nothing was changed"),
        ),
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CommandError::failed(format!(
            "the editor `{line}` ended with {status}"
        ))),
        Err(error) => Err(
            CommandError::usage(format!("could not start the editor `{line}`"))
                .with_source(error)
                .hint("set EDITOR, or give the text with --message or --file"),
        ),
    }
}
