//! Whether a gist is there, is the right one and is whole.

use super::finding::{Code, FIX, Findings, Group};
use super::seen::{FileSeen, GistSeen, GistState, Survey};
use crate::provision::Kind;

const CREATE: &str = "`piton traffic create` sets it up";

pub(super) fn check(seen: &Survey, kind: Kind, out: &mut Findings) {
    if let Some(gist) = found(seen, kind, out) {
        identity(seen, kind, gist, out);
        description(seen, kind, gist, out);
        files(kind, gist, out);
    }
}

/// Returns the gist, or tells why there is none to look at.
fn found<'a>(seen: &'a Survey, kind: Kind, out: &mut Findings) -> Option<&'a GistSeen> {
    let (state, missing) = match kind {
        Kind::Badge => (&seen.badge, Code::Gist404),
        Kind::Archive => (&seen.archive, Code::Archive404),
    };
    let target = kind.name();
    let absent = match state {
        GistState::Found(gist) => return Some(gist),
        GistState::Unreadable { id, why } => {
            let reason = format!("gist {id} cannot be read: {why}");
            out.skip(Group::Gist, target, reason);
            return None;
        }
        GistState::NotNamed => "no setting names it, and no gist has its description".to_owned(),
        GistState::Gone { id, by } => format!("gist {id}, named by {by}, is not there"),
    };
    out.fail(Group::Gist, target, absent)
        .code(missing)
        .remedy(CREATE);
    None
}

/// Tells whether it is the right gist, and seen by whom it should be.
fn identity(seen: &Survey, kind: Kind, gist: &GistSeen, out: &mut Findings) {
    let target = kind.name();
    let mine = seen
        .login
        .as_ref()
        .is_none_or(|login| login.eq_ignore_ascii_case(&gist.owner));
    if !gist.files.keys().any(|file| kind.signs(file)) {
        let lacks = match kind {
            Kind::Badge => "state.json",
            Kind::Archive => "archive.json",
        };
        let reason = format!("gist {}, named by {}, lacks {lacks}", gist.id, gist.by);
        out.fail(Group::Gist, target, reason)
            .code(Code::GistNotOurs)
            .remedy("name the right one: `piton traffic create --badge-gist ID --archive-gist ID`");
    } else if !mine {
        let reason = format!("gist {} is {}'s", gist.id, gist.owner);
        out.fail(Group::Gist, target, reason)
            .code(Code::GistNotOurs)
            .remedy("sign in as its owner: nobody else can write to it");
    } else if kind == Kind::Badge && !gist.public {
        let reason = "it is not public, so badges and dashboard cannot read it";
        out.fail(Group::Gist, target, reason);
    } else if kind == Kind::Archive && gist.public {
        out.warn(Group::Gist, target, "it is public, not unlisted");
    } else {
        out.ok(Group::Gist, target, format!("gist {}", gist.id));
    }
}

fn description(seen: &Survey, kind: Kind, gist: &GistSeen, out: &mut Findings) {
    let name = &format!("{}-description", kind.name());
    if gist.description == kind.description(&seen.repository) {
        out.ok(Group::Gist, name, gist.description.as_str());
    } else {
        let reason = format!("it is described as `{}`", gist.description);
        out.warn(Group::Gist, name, reason)
            .remedy("`piton traffic upgrade --names` describes it as today");
    }
}

/// Tells which of its files are damaged or missing.
fn files(kind: Kind, gist: &GistSeen, out: &mut Findings) {
    let bad: Vec<String> = gist
        .files
        .iter()
        .filter(|(name, _)| *name != "state.json")
        .filter_map(|(name, file)| match file {
            FileSeen::Json(_) => None,
            FileSeen::Damaged(why) => Some(format!("{name} is not JSON ({why})")),
            FileSeen::Cut(why) => Some(format!("{name} cannot be read whole ({why})")),
        })
        .collect();
    let lacks: Vec<String> = match kind {
        Kind::Badge => ["installs", "downloads", "clones", "views"]
            .iter()
            .map(|name| format!("{name}.json"))
            .filter(|name| !gist.files.contains_key(name))
            .map(|name| format!("{name} is missing"))
            .collect(),
        Kind::Archive => Vec::new(),
    };
    let all = [bad, lacks].concat();
    let name = &format!("{}-files", kind.name());
    if all.is_empty() {
        out.ok(
            Group::Gist,
            name,
            format!("{} of them, each JSON", gist.files.len()),
        );
    } else {
        out.fail(Group::Gist, name, all.join("; ")).remedy(FIX);
    }
}
