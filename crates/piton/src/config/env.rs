//! Every environment variable that piton reads.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// Variables with a meaning of their own. Every setting has one more:
/// its key in capitals after `PITON_` (`PITON_AGENT_MODEL`).
pub const DOCUMENTED: &[(&str, &str)] = &[
    ("NO_COLOR", "no colour, unless --color always"),
    (
        "XDG_CONFIG_HOME",
        "where the user's configuration is; default ~/.config",
    ),
    (
        "XDG_CACHE_HOME",
        "where agents work, below it; default ~/.cache",
    ),
    (
        "XDG_DATA_HOME",
        "where continuous-refactoring kept its registry; default ~/.local/share",
    ),
    (
        "XDG_STATE_HOME",
        "where the journals of work outside a repository are; default ~/.local/state",
    ),
    (
        "GITHUB_EVENT_NAME",
        "what started the workflow; after a push, fresh numbers are left alone",
    ),
    (
        "GITHUB_STEP_SUMMARY",
        "where the summary of a run goes as Markdown, in GitHub Actions",
    ),
    (
        "TRAFFIC_GIST_ID",
        "the gist that `piton traffic collect` collects into",
    ),
    ("TRAFFIC_ARCHIVE_GIST_ID", "the gist of its archive"),
    ("GHTRAF_OWNER", "whose repository is tracked; after --owner"),
    (
        "GHTRAF_CONFIG",
        "the user's list of tracked repositories; after --ghtraf-config",
    ),
    (
        "GHTRAF_BADGE_GIST_ID",
        "the gist of the badges; after --badge-gist",
    ),
    (
        "GHTRAF_ARCHIVE_GIST_ID",
        "the gist of the archive; after --archive-gist",
    ),
    (
        "GHTRAF_CREATED",
        "the day on which the tracked repository began; after --created",
    ),
    (
        "GHTRAF_DISPLAY_NAME",
        "what the dashboard calls it; after --display-name",
    ),
    (
        "GHTRAF_REPO",
        "what the tracked repository is called; after --repo",
    ),
    ("VISUAL", "the editor for --editor; before EDITOR"),
    ("EDITOR", "the editor for --editor; default vi"),
    (
        "PAGER",
        "what `piton migration open` shows a plan with; default less",
    ),
    ("LESS", "options of less, when it is the pager; default FRX"),
    (
        "TERM",
        "`dumb` or unset: no live lines; `dumb`: no colour either",
    ),
    (
        "PATH",
        "where git, agents and other programs are looked for",
    ),
    (
        "GIT_CONFIG_GLOBAL",
        "the user's settings of git, in place of ~/.gitconfig; they are guarded too",
    ),
    (
        "TMPDIR",
        "below it programs get temporary directories, and the demo its project; default /tmp",
    ),
    ("HOME", "the user's home directory"),
    ("USER", "the user's name, in records"),
    ("GH_TOKEN", "the token for GitHub; before GITHUB_TOKEN"),
    (
        "GITHUB_TOKEN",
        "the token for GitHub; without one, `gh auth token` is asked",
    ),
    (
        "GITHUB_API_URL",
        "the address of GitHub's API; before github.api-url",
    ),
    ("GITHUB_GRAPHQL_URL", "the address of GitHub's GraphQL API"),
    (
        "GITHUB_REPOSITORY",
        "the repository on GitHub, where plans.repository is not set",
    ),
    (
        "GITHUB_ACTIONS",
        "`true` in GitHub Actions: events count as remote ones",
    ),
    ("GITHUB_ACTOR", "who started the run, in GitHub Actions"),
    ("GITHUB_HEAD_REF", "the branch of a run for a pull request"),
    ("GITHUB_REF_NAME", "the branch of any other run"),
    ("GITHUB_RUN_ID", "the run, in GitHub Actions"),
    (
        "COLUMNS",
        "the width of the output; default: the terminal's, or 80",
    ),
];

/// Programs are started in other directories, where a relative TMPDIR would name
/// another place.
fn placed((name, value): (OsString, OsString)) -> (OsString, OsString) {
    if name != "TMPDIR" || value.is_empty() {
        return (name, value);
    }
    let whole = std::path::absolute(&value).map_or(value, PathBuf::into_os_string);
    (name, whole)
}

/// What the process was started with, read once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    vars: BTreeMap<String, String>,
    raw: Vec<(OsString, OsString)>,
}

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the room they are read in"
    )]
    /// Reads the real environment. Variables that are not UTF-8 cannot be
    /// settings of piton's and are left out.
    pub(crate) fn read() -> Self {
        let raw: Vec<_> = std::env::vars_os().map(placed).collect();
        let text = |text: &OsString| text.to_str().map(str::to_owned);
        let vars = raw
            .iter()
            .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
            .collect();
        Self { vars, raw }
    }

    /// Returns a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.vars
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns all variables as they are; what an agent gets of them is an
    /// allow-list's to say.
    pub(crate) fn raw(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.raw.iter().cloned()
    }

    /// Returns where temporary things go.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.get("TMPDIR")
            .map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
    }

    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.get("HOME").map(PathBuf::from)
    }

    /// Returns the user's configuration file, by the XDG rules.
    pub(crate) fn user_config(&self) -> Option<PathBuf> {
        self.users_own("config.toml")
    }

    /// Returns the user's own taste file, beside the configuration.
    pub(crate) fn user_taste(&self) -> Option<PathBuf> {
        self.users_own("taste.md")
    }

    /// Users keep such files elsewhere and link to them. In a repository a link
    /// is not followed: it may be anybody's.
    fn users_own(&self, name: &str) -> Option<PathBuf> {
        let path = self.xdg("XDG_CONFIG_HOME", ".config")?.join("piton");
        let path = path.join(name);
        Some(if path.is_symlink() {
            path.canonicalize().unwrap_or(path)
        } else {
            path
        })
    }

    /// Returns the folder of journals of what is done outside a repository.
    pub(crate) fn user_state(&self) -> Option<PathBuf> {
        Some(self.xdg("XDG_STATE_HOME", ".local/state")?.join("piton"))
    }

    /// Returns the folder of what piton can make again at any time.
    pub(crate) fn user_cache(&self) -> Option<PathBuf> {
        Some(self.xdg("XDG_CACHE_HOME", ".cache")?.join("piton"))
    }

    /// Returns the user's own settings of git, whether or not they are there.
    pub(crate) fn git_settings(&self) -> Vec<PathBuf> {
        if let Some(file) = self.get("GIT_CONFIG_GLOBAL") {
            return vec![PathBuf::from(file)];
        }
        let xdg = self.xdg("XDG_CONFIG_HOME", ".config");
        let xdg = xdg.map(|dir| dir.join("git/config"));
        let home = self.home().map(|home| home.join(".gitconfig"));
        xdg.into_iter().chain(home).collect()
    }

    /// Returns where git looks for the user's attributes by itself.
    pub(crate) fn git_attributes(&self) -> Vec<PathBuf> {
        let xdg = self.xdg("XDG_CONFIG_HOME", ".config");
        xdg.map(|dir| dir.join("git/attributes"))
            .into_iter()
            .collect()
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
            raw: Vec::new(),
        }
    }
}
