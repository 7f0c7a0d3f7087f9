//! `piton exec upload-session`: puts the log of an agent's session into a
//! secret gist, without the secrets that piton knows of.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use piton_agent::redact::Redactor;
use piton_agent::{Host, environment};
use piton_backend::header::Stamp;
use piton_backend::store::PlanId;
use piton_base::{Clock, Digest, on_one_line};
use piton_durable::{Disk as _, DiskRead, write_atomic};
use piton_github::endpoints::gists::{self, Gist, NewGist};
use piton_github::{Client, ForgeError};
use serde_json::json;

use super::answer::{Answer, Layout};
use super::report::{Report, plan_id, send};
use crate::context::{Context, forge};
use crate::error::Exit;
use crate::stored::{StoredPlace, Undelivered};

/// How long a log may be.
const MOST: u64 = 50 << 20;

/// How many of the newest gists are looked at for one that was made.
const NEWEST: usize = 30;

/// Upload the log of a session as a secret gist
///
/// Values of variables that look like secrets are removed, and so is what looks
/// like a token. A failure goes to standard output with exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec upload-session --session-file F --session-id S --source local")]
pub(crate) struct UploadSessionArgs {
    /// The log
    #[arg(long, value_name = "FILE")]
    session_file: PathBuf,

    /// The agent's session
    #[arg(long, value_name = "ID")]
    session_id: String,

    /// Where it ran
    #[arg(long)]
    source: Source,

    /// The plan to record it in
    #[arg(long, value_name = "ISSUE", visible_alias = "plan-id")]
    issue_number: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Source {
    Local,
    Remote,
}

impl Source {
    const fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
        }
    }
}

pub(super) fn run(context: &Context, args: &UploadSessionArgs) -> Exit {
    match upload(context, args) {
        Ok(answer) => answer.print(Layout::OneLine),
        Err(why) => failed(why),
    }
}

/// Answers that nothing could be uploaded.
pub(super) fn failed(why: String) -> Exit {
    Answer::failure()
        .with("error", why)
        .print_failure_on_stdout()
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) place: StoredPlace,
    /// The name of its one file.
    pub(super) file: String,
    pub(super) new: NewGist,
}

impl Upload {
    /// Returns the file that is there as long as it may have been made without
    /// anybody having been told.
    fn begun(&self) -> PathBuf {
        let texts: Vec<&str> = self.new.files.values().map(String::as_str).collect();
        let all = format!("{}\n{}", self.new.description, texts.join("\n"));
        let name = Digest::of(all.as_bytes()).hex();
        self.place.state().join("uploads").join(name)
    }
}

pub(super) fn decide(context: &Context, args: &UploadSessionArgs) -> Result<Upload, String> {
    let path = context.directory.join(&args.session_file);
    let bytes = context
        .disk
        .read_at_most(&path, MOST)
        .map_err(|error| format!("Failed to read {}: {}", path.display(), error.cause()))?;
    let place = StoredPlace::find(context).map_err(|error| error.on_one_line())?;
    let file = format!("session-{}.jsonl", file_name(&args.session_id));
    let text = redacted(context, &String::from_utf8_lossy(&bytes));
    Ok(Upload {
        place,
        new: NewGist {
            description: format!(
                "Claude Code session {} ({})",
                args.session_id,
                args.source.word()
            ),
            public: false,
            files: [(file.clone(), text)].into(),
        },
        file,
    })
}

/// Makes the gist, once: after a lost answer it is looked for, and so it is
/// where the same upload was cut off before. Its description and its text
/// together are its mark.
fn make(context: &Context, client: &Client, upload: &Upload) -> Result<Gist, ForgeError> {
    let begun = upload.begun();
    if !matches!(context.disk.stat(&begun), Ok(None))
        && let Some(gist) = there(client, upload)?
    {
        return Ok(gist);
    }
    // Without it a kill could lead to a second one, and that is all.
    let _ = write_atomic(&context.disk, &begun, b"", 0o600);
    match gists::create(client, &upload.new) {
        Ok(gist) => Ok(gist),
        Err(error) if error.may_have_happened() => there(client, upload)?.ok_or(error),
        Err(error) => Err(error),
    }
}

fn there(client: &Client, upload: &Upload) -> Result<Option<Gist>, ForgeError> {
    for listed in gists::list(client).take(NEWEST) {
        let listed = listed?;
        if listed.description.as_deref() != Some(upload.new.description.as_str()) {
            continue;
        }
        let gist = gists::get(client, &listed.id)?;
        let text = gist
            .files
            .get(&upload.file)
            .and_then(|file| file.content.as_deref());
        let ours = upload.new.files.get(&upload.file).map(String::as_str);
        // A long text comes cut off.
        if let (Some(text), Some(ours)) = (text, ours)
            && ours.starts_with(text)
        {
            return Ok(Some(gist));
        }
    }
    Ok(None)
}

fn upload(context: &Context, args: &UploadSessionArgs) -> Result<Answer, String> {
    let upload = decide(context, args)?;
    let begun = upload.begun();
    let answer = upload_and_tell(context, args, upload)?;
    // What stays makes the next one look, and that is all.
    let _ = context.disk.remove_file(&begun);
    Ok(answer)
}

fn upload_and_tell(
    context: &Context,
    args: &UploadSessionArgs,
    upload: Upload,
) -> Result<Answer, String> {
    let client =
        forge::client(context, &upload.place.settings).map_err(|error| error.on_one_line())?;
    let gist = make(context, &client, &upload)
        .map_err(|error| format!("Failed to create gist: {}", on_one_line(&error)))?;
    let Upload {
        place, file: name, ..
    } = upload;
    let raw = gist
        .files
        .get(&name)
        .and_then(|file| file.raw_url.clone())
        .unwrap_or_default();
    let answer = Answer::success()
        .with("gist_id", gist.id.as_str())
        .with("gist_url", gist.html_url.as_str())
        .with("raw_url", raw)
        .with("session_id", args.session_id.as_str());
    let Some(issue) = &args.issue_number else {
        return Ok(answer);
    };
    let told = plan_id(context, issue).and_then(|plan| {
        let number = plan.to_json();
        let now = Stamp::write(context.clock.now());
        let patch = [
            ("last_session_gist_url", json!(gist.html_url)),
            ("last_session_gist_id", json!(gist.id)),
            ("last_session_id", json!(args.session_id)),
            ("last_session_at", json!(now)),
            ("last_session_source", json!(args.source.word())),
        ];
        let report = Report::of(plan, patch).in_session(Some(&args.session_id));
        send(context, &place, report).map(|()| number)
    });
    Ok(match told {
        Ok(number) => answer
            .with("issue_number", number)
            .with("issue_updated", true),
        Err(unsent) => {
            let why = match unsent {
                Undelivered::NoBackend(why) => why,
                Undelivered::Refused { message, .. } => message,
            };
            let number = PlanId::from_words(issue).map(|plan| plan.to_json());
            answer
                .with("issue_number", number.unwrap_or_else(|_| json!(issue)))
                .with("issue_updated", false)
                .with("issue_update_error", why)
        }
    })
}

/// Takes out what no name of a file may hold.
fn file_name(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '-'
            }
        })
        .collect()
}

/// Takes known secrets out of a text, and whatever begins like a token.
fn redacted(context: &Context, text: &str) -> String {
    const BEGINNINGS: [&str; 9] = [
        "ghp_",
        "gho_",
        "ghs_",
        "ghu_",
        "ghr_",
        "github_pat_",
        "sk-ant-",
        "xoxb-",
        "AKIA",
    ];
    let mut text =
        Redactor::new(environment::secrets(&Host::new(context.environment.raw()))).text(text);
    for beginning in BEGINNINGS {
        let mut from = 0;
        while let Some(at) = text[from..].find(beginning).map(|at| from + at) {
            let rest = &text[at..];
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
                .unwrap_or(rest.len());
            if end >= beginning.len() + 8 {
                text.replace_range(at..at + end, "[redacted]");
                from = at + "[redacted]".len();
            } else {
                from = at + end.max(1);
            }
        }
    }
    text
}

impl Answer {
    fn print_failure_on_stdout(&self) -> Exit {
        self.print(Layout::OneLine);
        Exit::Failed
    }
}
