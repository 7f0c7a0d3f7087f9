//! Whose the four files are, and whether the dashboard names the right gists.

use super::finding::{Code, Findings, Group};
use super::seen::{LocalState, PageSeen, Survey};
use crate::templates::{DASHBOARD_PATH, Deployed, constant};

const UPGRADE: &str = "`piton traffic upgrade --files` brings it up to date";

pub(super) fn check(seen: &Survey, out: &mut Findings) {
    for file in &seen.files {
        let mut old = |reason: &str| {
            let finding = out.warn(Group::File, file.path, reason);
            finding.code(Code::TemplateOld).remedy(UPGRADE);
        };
        match &file.is {
            LocalState::Absent => out
                .warn(Group::File, file.path, "it is not in the checkout")
                .remedy("`piton traffic init` writes it"),
            LocalState::Unreadable(why) => {
                out.warn(Group::File, file.path, format!("it cannot be read: {why}"));
            }
            LocalState::There(Deployed::Current) => {
                out.ok(Group::File, file.path, "as piton wrote it");
            }
            LocalState::There(Deployed::Older) => old("as an older piton wrote it"),
            LocalState::There(Deployed::PristineOriginal) => old("as ghtraf wrote it"),
            LocalState::There(Deployed::Edited) => out.ok(Group::File, file.path, "you edited it"),
            LocalState::There(Deployed::Theirs) => {
                old("neither piton nor ghtraf wrote it in this form");
            }
        }
    }
    dashboard(seen, out);
    published(seen, out);
}

fn dashboard(seen: &Survey, out: &mut Findings) {
    let page = seen.files.iter().find(|file| file.path == DASHBOARD_PATH);
    let Some(page) = page.filter(|page| matches!(page.is, LocalState::There(_))) else {
        return;
    };
    let wrong = wrong_constants(seen, &page.text);
    if wrong.is_empty() {
        out.ok(Group::Dashboard, "constants", "it names this set-up");
    } else {
        let reason = format!("it names another set-up: {}", wrong.join(", "));
        out.warn(Group::Dashboard, "constants", reason)
            .remedy("`piton traffic verify --fix` writes it again");
    }
}

/// Whether what everybody sees is this set-up's dashboard.
fn published(seen: &Survey, out: &mut Findings) {
    let mut wrong = |reason: String| {
        out.warn(Group::Dashboard, "published", reason)
            .remedy("commit and push it, and wait until GitHub has published it");
    };
    match &seen.published {
        PageSeen::NotAsked => {}
        PageSeen::Unreachable { address, why } => {
            let reason = format!("{address} could not be looked at: {why}");
            out.skip(Group::Dashboard, "published", reason);
        }
        PageSeen::Absent { address } => wrong(format!("nothing is published at {address}")),
        PageSeen::Read { address, text } => match wrong_constants(seen, text).as_slice() {
            [] => out.ok(
                Group::Dashboard,
                "published",
                format!("{address} shows this set-up"),
            ),
            names => {
                let names = names.join(", ");
                wrong(format!("{address} shows another set-up, or none: {names}"));
            }
        },
    }
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
