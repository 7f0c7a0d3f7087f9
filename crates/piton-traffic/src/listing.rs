//! Every repository that somebody tracks: what the user's list, the gists and
//! the folders on this machine say, put together.

use std::collections::BTreeMap;

use piton_github::RepoName;
use piton_github::endpoints::gists::Gist;
use serde::Serialize;

use crate::provision::Kind;
use crate::settings::{Entry, Project};

/// One tracked repository.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tracked {
    pub repository: String,
    pub badge_gist: Option<String>,
    pub archive_gist: Option<String>,
    pub directory: Option<String>,
    pub directory_exists: bool,
    pub captured_at: Option<String>,
    pub installs: Option<i64>,
    pub views: Option<i64>,
    pub flags: Vec<Flag>,
    /// Why its state could not be read.
    pub error: Option<String>,
}

piton_base::words! {
    /// What is noteworthy of it.
    #[derive(PartialOrd, Ord)]
    pub enum Flag: "a mark of a tracked repository" {
        /// The user's list, or a file in a folder, has it.
        Config = "config",
        /// A gist of the user's is described so.
        Gist = "gist",
        /// No variable of the repository names the gist.
        Orphan = "orphan",
        /// There is more than one gist of badges.
        Duplicate = "duplicate",
        /// Left over from the original's own tests.
        Placeholder = "placeholder",
        LegacyName = "legacy-name",
        /// The gist that is named is gone.
        Missing = "missing",
        /// The repository has another name now.
        Moved = "moved",
    }
}

impl Tracked {
    pub fn flag(&mut self, flag: Flag) {
        if !self.flags.contains(&flag) {
            self.flags.push(flag);
            self.flags.sort_unstable();
        }
    }
}

/// Puts the sources together, by repository.
pub fn merge(
    list: &[(String, Entry)],
    gists: &[Gist],
    folders: &[(String, Project)],
) -> Vec<Tracked> {
    let mut all: BTreeMap<String, Tracked> = BTreeMap::new();
    for (name, entry) in list {
        let tracked = place(&mut all, name);
        tracked.badge_gist.clone_from(&entry.badge_gist_id);
        tracked.archive_gist.clone_from(&entry.archive_gist_id);
        tracked.directory.clone_from(&entry.repo_dir);
        tracked.flag(Flag::Config);
    }
    for (directory, project) in folders {
        let Some(name) = project.repository() else {
            continue;
        };
        let tracked = place(&mut all, &name.to_string());
        let badge = project.get("badge_gist_id");
        tracked.badge_gist = tracked.badge_gist.take().or(badge);
        let archive = project.get("archive_gist_id");
        tracked.archive_gist = tracked.archive_gist.take().or(archive);
        tracked.directory = tracked.directory.take().or(Some(directory.clone()));
        tracked.flag(Flag::Config);
    }
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for gist in gists {
        let Some((name, kind, legacy)) = of_gist(gist) else {
            continue;
        };
        let tracked = place(&mut all, &name);
        tracked.flag(Flag::Gist);
        if legacy {
            tracked.flag(Flag::LegacyName);
        }
        match kind {
            Kind::Badge => {
                found
                    .entry(name.to_lowercase())
                    .or_default()
                    .push(gist.id.clone());
                tracked.badge_gist.get_or_insert_with(|| gist.id.clone());
            }
            Kind::Archive => _ = tracked.archive_gist.get_or_insert_with(|| gist.id.clone()),
        }
    }
    flag_odd_ones(&mut all, gists, &found);
    all.into_values().collect()
}

/// Flags what is named twice, is an example, or names a gist that is gone.
fn flag_odd_ones(
    all: &mut BTreeMap<String, Tracked>,
    gists: &[Gist],
    found: &BTreeMap<String, Vec<String>>,
) {
    let known: Vec<&str> = gists.iter().map(|gist| gist.id.as_str()).collect();
    for (name, tracked) in all {
        let mut badges = found.get(name).cloned().unwrap_or_default();
        badges.extend(tracked.badge_gist.clone());
        badges.sort();
        badges.dedup();
        if badges.len() > 1 {
            tracked.flag(Flag::Duplicate);
        }
        if name == "myorg/myproject" {
            tracked.flag(Flag::Placeholder);
        }
        let gone = |id: &Option<String>| id.as_deref().is_some_and(|id| !known.contains(&id));
        if !gists.is_empty() && gone(&tracked.badge_gist) {
            tracked.flag(Flag::Missing);
        }
    }
}

/// Returns what is known of a repository so far.
fn place<'a>(all: &'a mut BTreeMap<String, Tracked>, name: &str) -> &'a mut Tracked {
    all.entry(name.to_lowercase()).or_insert_with(|| Tracked {
        repository: name.to_owned(),
        ..Tracked::default()
    })
}

/// What a gist is of: by its description, and by the files in it.
fn of_gist(gist: &Gist) -> Option<(String, Kind, bool)> {
    let description = gist.description.as_deref()?;
    let today = description.strip_prefix("[GTT] ");
    let (name, legacy) = if let Some(rest) = today {
        (rest.split(" \u{b7} ").next()?, false)
    } else {
        let end = [
            " traffic badges",
            " traffic archives (private)",
            " traffic archive",
        ];
        let name = end
            .into_iter()
            .find_map(|end| description.strip_suffix(end))?;
        (name, true)
    };
    let name: RepoName = name.trim().parse().ok()?;
    let kind = [Kind::Badge, Kind::Archive]
        .into_iter()
        .find(|kind| gist.files.keys().any(|file| kind.signs(file)))?;
    Some((name.to_string(), kind, legacy))
}
