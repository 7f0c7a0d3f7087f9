//! Whose the four files are, and whether the dashboard names the right gists.

use super::finding::{Code, Finding, Group, Verdict};
use super::seen::{PageSeen, Survey};
use crate::templates::{DASHBOARD_PATH, Deployed, constant};

const UPGRADE: &str = "`piton traffic upgrade --files` brings it up to date";

pub(super) fn check(seen: &Survey, out: &mut Vec<Finding>) {
    for file in &seen.files {
        match file.is {
            None => out.push(
                Group::File
                    .warn(file.path, "it is not in the checkout")
                    .remedy("`piton traffic init` writes it"),
            ),
            Some(Deployed::Current) => out.push(Group::File.ok(file.path, "as piton wrote it")),
            Some(Deployed::Older) => out.push(
                Group::File
                    .warn(file.path, "as an older piton wrote it")
                    .code(Code::TemplateOld)
                    .remedy(UPGRADE),
            ),
            Some(Deployed::PristineOriginal) => out.push(
                Group::File
                    .warn(file.path, "as ghtraf wrote it")
                    .code(Code::TemplateOld)
                    .remedy(UPGRADE),
            ),
            Some(Deployed::Edited) => out.push(Group::File.ok(file.path, "you edited it")),
            Some(Deployed::Theirs) => out.push(
                Group::File
                    .warn(file.path, "neither piton nor ghtraf wrote it so")
                    .code(Code::TemplateOld)
                    .remedy(UPGRADE),
            ),
        }
    }
    dashboard(seen, out);
    published(seen, out);
}

fn dashboard(seen: &Survey, out: &mut Vec<Finding>) {
    let page = seen.files.iter().find(|file| file.path == DASHBOARD_PATH);
    let Some(page) = page.filter(|page| page.is.is_some()) else {
        return;
    };
    let wrong = wrong_constants(seen, &page.text);
    out.push(if wrong.is_empty() {
        let reason = "it names this set-up";
        Group::Dashboard.ok("constants", reason)
    } else {
        let reason = format!("it names another set-up: {}", wrong.join(", "));
        Group::Dashboard
            .warn("constants", reason)
            .remedy("`piton traffic verify --fix` writes it anew")
    });
}

/// Whether what everybody sees is this set-up's dashboard.
fn published(seen: &Survey, out: &mut Vec<Finding>) {
    let push = "commit and push it, and wait until GitHub has published it";
    let (verdict, reason, remedy) = match &seen.published {
        PageSeen::NotAsked => return,
        PageSeen::Unreachable { address, why } => (
            Verdict::Skip,
            format!("{address} could not be looked at: {why}"),
            None,
        ),
        PageSeen::Absent { address } => (
            Verdict::Warn,
            format!("nothing is published at {address}"),
            Some(push),
        ),
        PageSeen::Read { address, text } => match wrong_constants(seen, text).as_slice() {
            [] => (Verdict::Ok, format!("{address} shows this set-up"), None),
            wrong => {
                let wrong = wrong.join(", ");
                let reason = format!("{address} shows another set-up, or none: {wrong}");
                (Verdict::Warn, reason, Some(push))
            }
        },
    };
    out.push(Finding::new(verdict, Group::Dashboard, "published", reason).remedy(remedy));
}

/// Returns the constants of a page that are not those of this set-up.
fn wrong_constants(seen: &Survey, page: &str) -> Vec<&'static str> {
    let badge = seen.badge.id().unwrap_or_default();
    let archive = seen.archive.id().unwrap_or_default();
    let mut wrong = Vec::new();
    let base = constant(page, "GIST_RAW_BASE").unwrap_or_default();
    if !base.contains(badge) || badge.is_empty() {
        wrong.push("GIST_RAW_BASE");
    }
    for (name, wanted) in [
        ("ARCHIVE_GIST_ID", archive),
        ("REPO_OWNER", seen.repository.owner()),
        ("REPO_NAME", seen.repository.name()),
    ] {
        let found = constant(page, name).unwrap_or_default();
        if !found.eq_ignore_ascii_case(wanted) {
            wrong.push(name);
        }
    }
    wrong
}
