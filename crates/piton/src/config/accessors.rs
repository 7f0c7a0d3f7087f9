//! How programs ask for a setting: a function for each, of its kind's type.

use std::time::Duration;

use piton_base::RepoPath;

use super::known::settings;
use super::resolve::{Origin, Settings};
use super::value::{Parsed, Value};

macro_rules! accessors {
    ($($kind:ident $([$($choice:literal),+])? $name:ident $key:literal $(= $default:literal)?:
        $help:literal;)*) => {
        impl Settings {
            $(accessor!($kind $name $key $($default)?);)*
        }
    };
}

/// What a setting with a default gives is always there: it is put in when
/// settings are read.
macro_rules! accessor {
    (text $name:ident $key:literal $default:literal) => {
        pub(crate) fn $name(&self) -> &str {
            self.text($key).unwrap_or_default()
        }
    };
    (text $name:ident $key:literal) => {
        pub(crate) fn $name(&self) -> Option<&str> {
            self.text($key)
        }
    };
    (path $name:ident $key:literal $default:literal) => {
        /// A path from the top of the repository.
        pub(crate) fn $name(&self) -> &str {
            self.path($key).map_or("", RepoPath::as_str)
        }
    };
    (choice $name:ident $key:literal $default:literal) => {
        /// One of its words, as the type that knows them.
        pub(crate) fn $name<T: std::str::FromStr + Default>(&self) -> T {
            let word = self.text($key).unwrap_or_default();
            word.parse().unwrap_or_default()
        }
    };
    (choice $name:ident $key:literal) => {
        pub(crate) fn $name<T: std::str::FromStr>(&self) -> Option<T> {
            self.text($key)?.parse().ok()
        }
    };
    (command $name:ident $key:literal) => {
        /// A command line as it was written.
        pub(crate) fn $name(&self) -> Option<&str> {
            self.text($key)
        }
    };
    (placed $name:ident $key:literal) => {
        /// A text whose meaning depends on where it was said.
        pub(crate) fn $name(&self) -> Option<(&Value, &Origin)> {
            self.get($key)
        }
    };
    (words $name:ident $key:literal) => {
        pub(crate) fn $name(&self) -> Option<&[String]> {
            parsed!(self $key Words).map(Vec::as_slice)
        }
    };
    (duration $name:ident $key:literal $default:literal) => {
        pub(crate) fn $name(&self) -> Duration {
            parsed!(self $key Duration).copied().unwrap_or_default()
        }
    };
    (count $name:ident $key:literal $default:literal) => {
        pub(crate) fn $name(&self) -> u64 {
            parsed!(self $key Count).copied().unwrap_or_default()
        }
    };
    (size $name:ident $key:literal $default:literal) => {
        /// A number of bytes.
        pub(crate) fn $name(&self) -> u64 {
            parsed!(self $key Size).copied().unwrap_or_default()
        }
    };
    (money $name:ident $key:literal) => {
        /// An amount of dollars.
        pub(crate) fn $name(&self) -> Option<f64> {
            parsed!(self $key Money).map(|it| it.amount())
        }
    };
    (switch $name:ident $key:literal) => {
        pub(crate) fn $name(&self) -> Option<bool> {
            parsed!(self $key Switch).copied()
        }
    };
}

macro_rules! parsed {
    ($settings:ident $key:literal $kind:ident) => {
        $settings
            .get($key)
            .and_then(|(value, _)| match &value.parsed {
                Parsed::$kind(it) => Some(it),
                _ => None,
            })
    };
}

settings!(accessors);
