//! Whose the four files are, and whether the dashboard names the right gists.

use super::finding::{Code, Findings, Group};
use super::seen::Survey;
use crate::templates::{DASHBOARD_PATH, Deployed, constant};

const UPGRADE: &str = "`piton traffic upgrade --files` brings it up to date";

pub(super) fn check(seen: &Survey, out: &mut Findings) {
    for file in &seen.files {
        match file.is {
            None => out.warn(
                Group::File,
                file.path,
                None,
                "it is not in the checkout",
                Some("`piton traffic init` writes it"),
            ),
            Some(Deployed::Current) => out.ok(Group::File, file.path, "as piton wrote it"),
            Some(Deployed::Older) => out.warn(
                Group::File,
                file.path,
                Some(Code::TemplateOld),
                "as an older piton wrote it",
                Some(UPGRADE),
            ),
            Some(Deployed::PristineOriginal) => out.warn(
                Group::File,
                file.path,
                Some(Code::TemplateOld),
                "as ghtraf wrote it",
                Some(UPGRADE),
            ),
            Some(Deployed::Edited) => out.ok(Group::File, file.path, "you edited it"),
            Some(Deployed::Theirs) => out.warn(
                Group::File,
                file.path,
                Some(Code::TemplateOld),
                "neither piton nor ghtraf wrote it so",
                Some(UPGRADE),
            ),
        }
    }
    dashboard(seen, out);
}

fn dashboard(seen: &Survey, out: &mut Findings) {
    let page = seen.files.iter().find(|file| file.path == DASHBOARD_PATH);
    let Some(page) = page.filter(|page| page.is.is_some()) else {
        return;
    };
    let badge = seen.badge.id().unwrap_or_default();
    let archive = seen.archive.id().unwrap_or_default();
    let mut wrong = Vec::new();
    let base = constant(&page.text, "GIST_RAW_BASE").unwrap_or_default();
    if !base.contains(badge) || badge.is_empty() {
        wrong.push("GIST_RAW_BASE");
    }
    for (name, wanted) in [
        ("ARCHIVE_GIST_ID", archive),
        ("REPO_OWNER", seen.repository.owner()),
        ("REPO_NAME", seen.repository.name()),
    ] {
        let found = constant(&page.text, name).unwrap_or_default();
        if !found.eq_ignore_ascii_case(wanted) {
            wrong.push(name);
        }
    }
    if wrong.is_empty() {
        out.ok(Group::Dashboard, "constants", "it names this set-up");
    } else {
        let reason = format!("it names another set-up: {}", wrong.join(", "));
        let fix = Some("`piton traffic verify --fix` writes it anew");
        out.warn(Group::Dashboard, "constants", None, reason, fix);
    }
}
