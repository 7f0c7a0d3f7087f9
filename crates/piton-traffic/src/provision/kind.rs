//! Which of the two gists of a set-up.

use piton_github::RepoName;
use piton_github::endpoints::gists::Gist;

/// One of the two gists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Badge,
    Archive,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::Archive => "archive",
        }
    }

    pub const fn flag(self) -> &'static str {
        match self {
            Self::Badge => "--badge-gist",
            Self::Archive => "--archive-gist",
        }
    }

    /// Its place among the two.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Badge => 0,
            Self::Archive => 1,
        }
    }

    /// Its key in the settings.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Badge => "badge_gist_id",
            Self::Archive => "archive_gist_id",
        }
    }

    pub(crate) fn description(self, repository: &RepoName) -> String {
        match self {
            Self::Badge => format!("[GTT] {repository} \u{b7} badges"),
            Self::Archive => format!("[GTT] {repository} \u{b7} archive"),
        }
    }

    /// Whether a description is one that a gist of this kind has or had.
    fn describes(self, description: &str, names: &[&RepoName]) -> bool {
        names.iter().any(|name| {
            let legacy: &[&str] = match self {
                Self::Badge => &["traffic badges"],
                Self::Archive => &["traffic archive", "traffic archives (private)"],
            };
            let legacy = legacy.iter().map(|rest| format!("{name} {rest}"));
            let mut known = legacy.chain([self.description(name)]);
            known.any(|known| known.eq_ignore_ascii_case(description))
        })
    }

    /// Whether a gist of one's own is of this kind, by its description and by the
    /// files in it.
    pub(crate) fn is_of(self, gist: &Gist, names: &[&RepoName]) -> bool {
        let description = gist.description.as_deref().unwrap_or_default();
        self.describes(description, names) && gist.files.keys().any(|file| self.signs(file))
    }

    /// Whether a file shows that a gist is of this kind.
    pub(crate) fn signs(self, file: &str) -> bool {
        match self {
            Self::Badge => file == "state.json",
            Self::Archive => file == "archive.json" || file == "archive-init.json",
        }
    }
}
