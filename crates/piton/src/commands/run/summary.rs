//! The end of a run: what there is to know of it in ten seconds.

use std::path::Path;

use piton_durable::{Disk, DiskResult};
use piton_loop::runs::{Overview, RunRecord};

use serde_json::Value;

use crate::context::Context;
use crate::output::{Channel, Level};
use crate::records::overview;
use crate::workshop::document;

/// Where GitHub Actions takes a summary as Markdown.
const PAGE: &str = "GITHUB_STEP_SUMMARY";

/// Tells it to people, and to the page of a CI run where there is one. Returns
/// each action for the document. All of it is read from the record, so nothing
/// has to be kept until then.
pub(super) fn tell(context: &Context, run: &RunRecord<'_>, accounts: &[String]) -> Vec<Value> {
    let out = context.out;
    let news = match Overview::read(&context.disk, &run.dir().events()) {
        Ok(news) => news,
        Err(error) => {
            let story = piton_base::on_one_line(&error);
            out.warn(&format!("could not sum the run up: {story}"));
            return Vec::new();
        }
    };
    if !news.actions.is_empty() {
        let text = format!("\n{}", overview::lines(&news, out.width()));
        out.say(Channel::General, Level::INFO, &text);
    }
    if let Some(page) = context.environment.get(PAGE)
        && let Err(error) = put(
            context,
            Path::new(page),
            &overview::markdown(&news, accounts),
        )
    {
        out.warn(&format!("could not write to {PAGE}: {error}"));
    }
    news.actions.iter().map(document).collect()
}

fn put(context: &Context, page: &Path, text: &str) -> DiskResult<()> {
    context
        .disk
        .append(page, 0o644)?
        .append(format!("{text}\n").as_bytes())
}
