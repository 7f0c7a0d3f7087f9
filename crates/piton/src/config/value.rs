//! What a setting may be.

use std::fmt;
use std::time::Duration;

use piton_agent::words::split;
use piton_base::RepoPath;

/// The kind of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A path inside the repository.
    RepoPath,
    /// A command line, split into words as a shell would, run without one.
    Words,
    Choice(&'static [&'static str]),
    Duration,
    Count,
    /// A number of bytes, with a unit.
    Size,
    /// An amount of dollars.
    Money,
    /// Yes or no.
    Switch,
    /// One field of an agent's description; piton-agent knows what it may be.
    Adapter,
}

/// A value that fits its kind. It remembers how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) written: String,
    pub(crate) parsed: Parsed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    Text,
    RepoPath(RepoPath),
    Words(Vec<String>),
    Duration(Duration),
    Count(u64),
    Size(u64),
    Money(Dollars),
    Switch(bool),
}

/// An amount of money, never negative, never without an end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dollars(f64);

/// An amount is a number.
impl Eq for Dollars {}

impl Dollars {
    pub(crate) fn amount(self) -> f64 {
        self.0
    }
}

impl std::str::FromStr for Dollars {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_prefix('$').unwrap_or(text);
        let plain = |c: char| c.is_ascii_digit() || c == '.';
        (!number.is_empty() && number.chars().all(plain))
            .then(|| number.parse::<f64>().ok())
            .flatten()
            .filter(|amount| amount.is_finite())
            .map(Self)
            .ok_or_else(|| "must be an amount of dollars, such as 2.50".to_owned())
    }
}

impl Kind {
    /// Reads a value as it is written in a variable or on the command line.
    pub(crate) fn parse(self, written: &str) -> Result<Value, String> {
        let not_empty = |text: &str| {
            if text.trim().is_empty() {
                Err("must not be empty".to_owned())
            } else {
                Ok(())
            }
        };
        let parsed = match self {
            Self::Text | Self::Adapter => {
                not_empty(written)?;
                if written.chars().any(char::is_control) {
                    return Err("must be on one line".to_owned());
                }
                Parsed::Text
            }
            Self::RepoPath => {
                let path: RepoPath = written
                    .trim_end_matches('/')
                    .parse()
                    .map_err(|error| format!("{error}"))?;
                Parsed::RepoPath(path)
            }
            Self::Words => {
                Parsed::Words(split(written).map_err(|error| format!("cannot be used: {error}"))?)
            }
            Self::Choice(allowed) => {
                if !allowed.contains(&written) {
                    return Err(format!("must be one of {}", allowed.join(", ")));
                }
                Parsed::Text
            }
            Self::Duration => Parsed::Duration(duration(written)?),
            Self::Size => Parsed::Size(size(written)?),
            Self::Money => Parsed::Money(written.parse()?),
            Self::Switch => Parsed::Switch(match written {
                "true" => true,
                "false" => false,
                _ => return Err("must be true or false".to_owned()),
            }),
            Self::Count => Parsed::Count(
                written
                    .parse()
                    .map_err(|_| "must be a whole number, 0 or more".to_owned())?,
            ),
        };
        Ok(Value {
            written: written.to_owned(),
            parsed,
        })
    }

    /// Says what TOML type a file must use for it.
    pub(crate) const fn toml_type(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Money => "a number",
            Self::Switch => "true or false",
            Self::Adapter => "a string, a number, a list or a table",
            Self::Text
            | Self::RepoPath
            | Self::Words
            | Self::Choice(_)
            | Self::Duration
            | Self::Size => "a string",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = "must be a number with s, m, h or d, such as 90s, 5m, 2h or 30d";
    let (number, unit) = with_unit(text).ok_or(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(wrong.to_owned()),
    };
    match number.checked_mul(seconds) {
        Some(total @ 1..=3_153_600_000) => Ok(Duration::from_secs(total)),
        _ => Err("must be between 1s and 36500d".to_owned()),
    }
}

fn size(text: &str) -> Result<u64, String> {
    let wrong = "must be a number with kB, MB or GB, such as 500kB or 100MB";
    let (number, unit) = with_unit(text).ok_or(wrong)?;
    let bytes = match unit.trim_start() {
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(wrong.to_owned()),
    };
    Ok(number.checked_mul(bytes).ok_or(wrong)?)
}

/// Reads a number, and returns what stands behind it.
fn with_unit(text: &str) -> Option<(u64, &str)> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_needs_its_unit() {
        assert_eq!(size("100MB").unwrap(), 100_000_000);
        assert_eq!(size("2 kB").unwrap(), 2_000);
        for wrong in [
            "",
            "5",
            "MB",
            "-5MB",
            "5mb",
            "5MiB",
            "99999999999999999999GB",
            "99999999999GB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_text_stands_on_one_line() {
        assert!(Kind::Text.parse("piton: chore").is_ok());
        for wrong in ["", " ", "a\nb", "a\u{1b}[31m", "a\tb"] {
            assert!(Kind::Text.parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn money_is_a_plain_number() {
        let amount = |text: &str| text.parse::<Dollars>().map(Dollars::amount);
        assert_eq!(amount("2.50"), Ok(2.5));
        assert_eq!(amount("$10"), Ok(10.0));
        for wrong in ["", "$", ".", "-1", "1e3", "inf", "NaN", "2,5", "1.2.3"] {
            assert!(amount(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(duration("90s").unwrap(), Duration::from_secs(90));
        assert_eq!(duration("2h").unwrap(), Duration::from_secs(7200));
        for wrong in [
            "",
            "5",
            "m",
            "5 m",
            "-5m",
            "0s",
            "1w",
            "99999999999999999999d",
            "9999999999999d",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_stays_inside_the_repository() {
        assert!(Kind::RepoPath.parse("docs/plans/").is_ok());
        for wrong in ["", "/etc", "../x", "a/../../x", ".git/x"] {
            assert!(Kind::RepoPath.parse(wrong).is_err(), "{wrong}");
        }
    }
}
