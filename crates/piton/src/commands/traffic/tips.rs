//! Tips by their ids, told where they fit.

use crate::output::{Channel, Level, Out};

#[derive(Clone, Copy, Debug)]
pub(super) enum Tip {
    /// A preview exists.
    DryRun,
    /// The files wait for values.
    Configure,
    /// What was said need not be repeated.
    Remember,
    /// What GitHub answers in an hour.
    RateLimit,
    /// The collector needs its own token.
    Token,
}

impl Tip {
    const fn id(self) -> &'static str {
        match self {
            Self::DryRun => "setup.dry_run",
            Self::Configure => "setup.configure",
            Self::Remember => "config.remember",
            Self::RateLimit => "api.rate_limit",
            Self::Token => "setup.pat",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::DryRun => "--dry-run shows beforehand what this command does",
            Self::Configure => {
                "`piton traffic create` makes the gists and fills their ids into the files"
            }
            Self::Remember => ".ghtraf.json keeps your answers; the next run does not ask again",
            Self::RateLimit => "GitHub answers 5,000 requests an hour with a login, 60 without",
            Self::Token => {
                "the collector needs a token of its own: GitHub's own workflow token cannot \
                 read traffic"
            }
        }
    }

    /// From which level on it is told.
    const fn level(self) -> Level {
        match self {
            Self::DryRun | Self::Configure | Self::Remember => Level::NORMAL,
            Self::RateLimit | Self::Token => Level::DETAIL,
        }
    }
}

/// Tells it, where hints of its level are shown.
pub(super) fn tell(out: &Out, tip: Tip) {
    if !out.shows(Channel::Hint, tip.level()) {
        return;
    }
    // Who looks closely sees which one it is.
    let id = if out.shows(Channel::Hint, Level::DETAIL) {
        format!(" ({})", tip.id())
    } else {
        String::new()
    };
    out.hint(&format!("{}{id}", tip.text()));
}
