//! Which messages are shown: one axis for all channels, overrides for some.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::str::FromStr;

use super::Channel;

/// How chatty a message is; shown when at or below its channel's threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level(pub(crate) i32);

impl Level {
    pub(crate) const TRACE: Self = Self(3);
    pub(crate) const PAYLOAD: Self = Self(2);
    pub(crate) const DETAIL: Self = Self(1);
    pub(crate) const NORMAL: Self = Self(0);
    pub(crate) const INFO: Self = Self(-1);
    pub(crate) const WARNING: Self = Self(-2);
    pub(crate) const ERROR: Self = Self(-3);
    /// The hard wall: nothing is shown here, only the exit code tells.
    pub(crate) const NOTHING: Self = Self(-4);
}

/// One `--show` on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// `--show` alone: list the channels.
    List,
    Channel {
        channel: Channel,
        threshold: Level,
    },
}

impl FromStr for Show {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::List);
        }
        let (name, level) = text.split_once(':').unwrap_or((text, ""));
        let channel = name.parse().map_err(|_| {
            let names: Vec<_> = Channel::ALL.iter().map(|it| it.as_str()).collect();
            format!(
                "no channel is called {name:?}; there are {}",
                names.join(", ")
            )
        })?;
        let threshold = match level {
            "" => Level::TRACE,
            level => Level(level.parse().map_err(|_| {
                format!(
                    "{level:?} is not a level; use a whole number from -4 (nothing) to 3 (everything)"
                )
            })?),
        };
        Ok(Self::Channel { channel, threshold })
    }
}

/// The thresholds of all channels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verbosity {
    global: i32,
    overrides: BTreeMap<Channel, Level>,
}

impl Verbosity {
    /// `-v` adds one, `-Q` takes one away; `--show` overrides a channel.
    pub(crate) fn new(more: u8, less: u8, shows: &[Show]) -> Self {
        let overrides = shows
            .iter()
            .filter_map(|show| match show {
                Show::List => None,
                Show::Channel { channel, threshold } => Some((*channel, *threshold)),
            })
            .collect();
        Self {
            global: i32::from(more) - i32::from(less),
            overrides,
        }
    }

    pub(crate) fn threshold(&self, channel: Channel) -> Level {
        match self.overrides.get(&channel) {
            Some(level) => *level,
            None if channel.opt_in() => Level::INFO,
            None => Level(self.global),
        }
    }

    pub(crate) fn shows(&self, channel: Channel, level: Level) -> bool {
        let threshold = self.threshold(channel);
        level <= threshold && threshold > Level::NOTHING
    }
}

/// Joins `--show NAME` to `--show=NAME` where NAME is a channel, so that
/// `piton --show init` lists the channels and does not eat the command.
pub(crate) fn join_show(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    let mut verbatim = false;
    for arg in args {
        let names_channel = arg
            .to_str()
            .and_then(|text| text.split(':').next())
            .is_some_and(|name| name.parse::<Channel>().is_ok());
        match joined.last_mut() {
            Some(last) if !verbatim && last == "--show" && names_channel => {
                last.push("=");
                last.push(arg);
            }
            _ => {
                verbatim |= arg == "--";
                joined.push(arg);
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(more: u8, less: u8) -> Vec<i32> {
        let verbosity = Verbosity::new(more, less, &[]);
        (-3..=3)
            .filter(|level| verbosity.shows(Channel::General, Level(*level)))
            .collect()
    }

    #[test]
    fn one_axis_decides_what_is_visible() {
        assert_eq!(visible(0, 4), [] as [i32; 0]);
        assert_eq!(visible(0, 3), [-3]);
        assert_eq!(visible(0, 0), [-3, -2, -1, 0]);
        assert_eq!(visible(2, 1), [-3, -2, -1, 0, 1]);
        assert_eq!(visible(3, 0), [-3, -2, -1, 0, 1, 2, 3]);
    }

    #[test]
    fn an_override_replaces_the_axis_for_its_channel_even_at_the_wall() {
        let show = "plan:1".parse().unwrap();
        let verbosity = Verbosity::new(0, 4, &[show]);
        assert!(verbosity.shows(Channel::Plan, Level::DETAIL));
        assert!(!verbosity.shows(Channel::Plan, Level::PAYLOAD));
        assert!(!verbosity.shows(Channel::Error, Level::ERROR));
    }

    #[test]
    fn a_named_channel_shows_everything_and_an_opt_in_one_nothing_unasked() {
        let verbosity = Verbosity::new(3, 0, &[]);
        assert!(!verbosity.shows(Channel::Trace, Level::TRACE));
        let verbosity = Verbosity::new(0, 0, &["trace".parse().unwrap()]);
        assert!(verbosity.shows(Channel::Trace, Level::TRACE));
    }

    #[test]
    fn a_wrong_channel_or_level_says_what_is_allowed() {
        let error = "plam".parse::<Show>().unwrap_err();
        assert!(error.contains("plan"), "{error}");
        let error = "plan:loud".parse::<Show>().unwrap_err();
        assert!(error.contains("whole number"), "{error}");
    }

    #[test]
    fn show_takes_a_channel_and_never_a_command() {
        let join = |line: &str| {
            join_show(line.split(' ').map(OsString::from))
                .into_iter()
                .map(|arg| arg.into_string().unwrap())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(join("piton --show plan:2 init"), "piton --show=plan:2 init");
        assert_eq!(join("piton --show init"), "piton --show init");
        assert_eq!(join("piton x -- --show plan"), "piton x -- --show plan");
    }
}
