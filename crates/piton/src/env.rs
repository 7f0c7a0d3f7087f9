//! Every environment variable that piton reads.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the room they are read in"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Variables with a meaning of their own. Every setting has one more:
/// its key in capitals after `PITON_` (`PITON_AGENT_MODEL`).
pub(crate) const DOCUMENTED: [(&str, &str); 6] = [
    ("NO_COLOR", "no colour, unless --color always"),
    (
        "XDG_CONFIG_HOME",
        "where the user's configuration lies; default ~/.config",
    ),
    (
        "XDG_DATA_HOME",
        "where continuous-refactoring kept its registry; default ~/.local/share",
    ),
    (
        "XDG_STATE_HOME",
        "where journals lie of what is done outside a repository; default ~/.local/state",
    ),
    ("HOME", "the user's home directory"),
    (
        "COLUMNS",
        "the width of the output; default: the terminal's, or 80",
    ),
];

/// What the process was started with, read once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    vars: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the real environment. Variables that are not UTF-8 cannot be
    /// settings of piton's and are left out.
    pub(crate) fn read() -> Self {
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { vars }
    }

    /// Returns a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.vars
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns every `PITON_*` variable that is set.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars
            .iter()
            .filter(|(name, value)| name.starts_with("PITON_") && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns all variables, for the allow-list that agents get.
    pub(crate) fn all(&self) -> &BTreeMap<String, String> {
        &self.vars
    }

    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.get("HOME").map(PathBuf::from)
    }

    /// Returns the user's configuration file, by the XDG rules.
    pub(crate) fn user_config(&self) -> Option<PathBuf> {
        Some(
            self.xdg("XDG_CONFIG_HOME", ".config")?
                .join("piton/config.toml"),
        )
    }

    /// Returns the folder of journals of what is done outside a repository.
    pub(crate) fn user_state(&self) -> Option<PathBuf> {
        Some(self.xdg("XDG_STATE_HOME", ".local/state")?.join("piton"))
    }

    /// Returns the folder where continuous-refactoring kept its data.
    pub(crate) fn original_data(&self) -> Option<PathBuf> {
        Some(
            self.xdg("XDG_DATA_HOME", ".local/share")?
                .join("continuous-refactoring"),
        )
    }

    /// The XDG rules: a relative value is to be ignored.
    fn xdg(&self, name: &str, below_home: &str) -> Option<PathBuf> {
        self.get(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(self.home()?.join(below_home)))
    }
}

#[cfg(test)]
impl FromIterator<(&'static str, &'static str)> for Environment {
    fn from_iter<I: IntoIterator<Item = (&'static str, &'static str)>>(vars: I) -> Self {
        Self {
            vars: vars
                .into_iter()
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .collect(),
        }
    }
}
