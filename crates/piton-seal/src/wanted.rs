//! What the user wants of the seal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whether programs are to be sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// As far as this machine can.
    #[default]
    Auto,
    /// Or nothing runs.
    Require,
    Off,
}

/// What a sealed program may reach over the network, the least first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    Off,
    /// Only what runs in the same seal.
    Loopback,
    #[default]
    On,
}

/// Whose tool caches a sealed program uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheChoice {
    /// The clone's own, which no build of the user's reads.
    #[default]
    Own,
    /// The user's: what is put there runs in later builds of the user's.
    Shared,
}

/// A word that is none of those a setting takes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{given:?} is not allowed; it takes {allowed}")]
pub struct UnknownChoice {
    given: String,
    allowed: &'static str,
}

impl Wanted {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Require => "require",
            Self::Off => "off",
        }
    }
}

impl Network {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Loopback => "loopback",
            Self::On => "on",
        }
    }
}

impl CacheChoice {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
        }
    }
}

impl FromStr for Wanted {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        let all = [Self::Auto, Self::Require, Self::Off];
        read(&all, Self::as_str, text, "auto, require or off")
    }
}

impl FromStr for Network {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        let all = [Self::Off, Self::Loopback, Self::On];
        read(&all, Self::as_str, text, "on, loopback or off")
    }
}

impl FromStr for CacheChoice {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        read(
            &[Self::Own, Self::Shared],
            Self::as_str,
            text,
            "own or shared",
        )
    }
}

fn read<T: Copy>(
    all: &[T],
    word: fn(T) -> &'static str,
    text: &str,
    allowed: &'static str,
) -> Result<T, UnknownChoice> {
    let found = all.iter().copied().find(|choice| word(*choice) == text);
    found.ok_or_else(|| UnknownChoice {
        given: text.to_owned(),
        allowed,
    })
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for CacheChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_reads_back_from_its_own_word_and_others_name_what_is_allowed() {
        for wanted in [Wanted::Auto, Wanted::Require, Wanted::Off] {
            assert_eq!(wanted.as_str().parse(), Ok(wanted));
        }
        for network in [Network::On, Network::Loopback, Network::Off] {
            assert_eq!(network.as_str().parse(), Ok(network));
        }
        for caches in [CacheChoice::Own, CacheChoice::Shared] {
            assert_eq!(caches.as_str().parse(), Ok(caches));
        }
        let error = "yes".parse::<Wanted>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"yes\" is not allowed; it takes auto, require or off"
        );
    }
}
