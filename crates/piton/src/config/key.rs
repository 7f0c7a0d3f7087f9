//! The names of settings: those with one of their own, and tables with an
//! entry for each of something.

use piton_agent::CallRole;

use super::known::{KNOWN, Known};
use super::nearest::nearest;
use super::value::Kind;

const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh"];

/// Settings that say where a token goes, or what runs on the user's machine
/// without anybody asking: a committed file has no say in them.
const USERS_ONLY: &[&str] = &["github.api-url", "notify"];

/// A table of settings with one entry for each of something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    table: &'static str,
    pub(super) kind: Kind,
    pub(super) describes: &'static str,
    entries: Entries,
}

impl Open {
    /// Returns how a key of the table reads.
    pub(super) fn pattern(&self) -> String {
        match self.entries {
            Entries::Roles => format!("{}.ROLE", self.table),
            Entries::Names => format!("{}.NAME", self.table),
        }
    }
}

/// What a table has entries for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entries {
    /// The roles in which agents are called.
    Roles,
    /// Any name, with settings below it.
    Names,
}

pub(super) const OPEN: &[Open] = &[
    Open {
        table: "models",
        kind: Kind::Text,
        describes: "the model for one role, such as models.\"planning.review\"",
        entries: Entries::Roles,
    },
    Open {
        table: "effort.roles",
        kind: Kind::Choice(EFFORTS),
        describes: "the effort for one role, such as effort.roles.\"planning.expand\"; expand and the reviews ask for high",
        entries: Entries::Roles,
    },
    Open {
        table: "agents",
        kind: Kind::Adapter,
        describes: "the description of one more agent, or changes to a built-in one",
        entries: Entries::Names,
    },
];

/// A setting that is a word, and a table with others in it.
pub(crate) const SEAL: &str = "seal";
const SEAL_IN_TABLE: &str = "seal.use";

/// The name of a setting that exists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// A name that no setting has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown key `{name}`")]
pub(crate) struct UnknownKey {
    pub(crate) name: String,
    pub(crate) nearest: Option<String>,
}

impl Key {
    /// Finds a setting by its name. A role may stand in quotes, as in a file,
    /// and without the part before its dot.
    pub(crate) fn find(name: &str) -> Result<Self, UnknownKey> {
        // In a file with a table `[seal]` the setting needs a name in there.
        let name = if name == SEAL_IN_TABLE { SEAL } else { name };
        if known(name).is_some() {
            return Ok(Self(name.to_owned()));
        }
        let unknown = || UnknownKey {
            name: name.to_owned(),
            nearest: nearest_to(name),
        };
        let (open, rest) = open(name).ok_or_else(unknown)?;
        match open.entries {
            Entries::Names => Ok(Self(name.to_owned())),
            Entries::Roles => {
                let role = role(rest.trim_matches('"')).ok_or_else(unknown)?;
                Ok(Self(format!("{}.{role}", open.table)))
            }
        }
    }

    /// Returns whether only the user's own settings may hold it.
    pub(crate) fn is_users_only(&self) -> bool {
        USERS_ONLY.contains(&self.0.as_str())
    }

    pub(crate) fn kind(&self) -> Kind {
        match known(&self.0) {
            Some(key) => key.kind,
            None => open(&self.0).map_or(Kind::Text, |(open, _)| open.kind),
        }
    }

    pub(crate) fn describes(&self) -> &'static str {
        match known(&self.0) {
            Some(key) => key.describes,
            None => open(&self.0).map_or("", |(open, _)| open.describes),
        }
    }

    /// Splits the name into the tables it is in. A role is one name, dots
    /// included.
    pub(crate) fn segments(&self) -> Vec<&str> {
        match open(&self.0) {
            Some((open, role)) if open.entries == Entries::Roles => {
                open.table.split('.').chain([role]).collect()
            }
            Some(_) | None => self.0.split('.').collect(),
        }
    }
}

/// Returns the names that can be set, those of each role included.
pub(crate) fn all_names() -> impl Iterator<Item = String> {
    let roles = OPEN
        .iter()
        .filter(|open| open.entries == Entries::Roles)
        .flat_map(|open| CALLED.map(|role| format!("{}.{role}", open.table)));
    KNOWN.iter().map(|key| key.name.to_owned()).chain(roles)
}

fn nearest_to(name: &str) -> Option<String> {
    let names: Vec<String> = all_names().collect();
    // A table is near to what is in it, and to no other name.
    let table = format!("{name}.");
    if names.iter().any(|known| known.starts_with(&table)) {
        let main = format!("{table}use");
        return names.contains(&main).then_some(main);
    }
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The roles in which an agent is called.
const CALLED: [CallRole; 14] = [
    CallRole::PlanningApproaches,
    CallRole::PlanningPickBest,
    CallRole::PlanningExpand,
    CallRole::PlanningReview,
    CallRole::PlanningRevise,
    CallRole::PlanningReview2,
    CallRole::PlanningFinalReview,
    CallRole::ScopeExpansion,
    CallRole::Classify,
    CallRole::Refactor,
    CallRole::PhaseReadyCheck,
    CallRole::PhaseExecute,
    CallRole::MigrationReview,
    CallRole::Taste,
];

fn role(name: &str) -> Option<CallRole> {
    let is = |role: &CallRole| {
        let full = role.as_str();
        full == name || full.split_once('.').is_some_and(|(_, short)| short == name)
    };
    // A full name goes before a short one: `review` is planning's.
    CALLED
        .into_iter()
        .find(|role| role.as_str() == name)
        .or_else(|| CALLED.into_iter().find(is))
}

piton_base::holds_text!(Key);

pub(crate) fn variable(name: &str) -> String {
    format!("PITON_{}", name.to_uppercase().replace(['.', '-'], "_"))
}

fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|key| key.name == name)
}

fn open(name: &str) -> Option<(&'static Open, &str)> {
    OPEN.iter().find_map(|open| {
        let rest = name.strip_prefix(open.table)?.strip_prefix('.')?;
        (!rest.is_empty()).then_some((open, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_told_the_nearest_one() {
        let error = Key::find("migration-dir").unwrap_err();
        assert_eq!(error.to_string(), "unknown key `migration-dir`");
        assert_eq!(error.nearest.as_deref(), Some("migrations-dir"));
        assert_eq!(Key::find("zzz").unwrap_err().nearest, None);
        let of_a_table = |name| Key::find(name).unwrap_err().nearest;
        assert_eq!(of_a_table("agent").as_deref(), Some("agent.use"));
        assert_eq!(of_a_table("runs"), None);
    }

    #[test]
    fn every_default_is_a_value_that_may_be_set() {
        for key in KNOWN {
            if let Some(default) = key.default {
                key.kind.parse(default).unwrap();
            }
        }
    }

    #[test]
    fn a_role_is_one_name_dots_included() {
        let key = Key::find("models.planning.review").unwrap();
        assert_eq!(key.segments(), ["models", "planning.review"]);
        assert_eq!(
            Key::find("agent.model").unwrap().segments(),
            ["agent", "model"]
        );
        assert!(Key::find("models.").is_err());
        let key = Key::find("effort.roles.planning.expand").unwrap();
        assert_eq!(key.segments(), ["effort", "roles", "planning.expand"]);
    }

    #[test]
    fn a_role_is_found_in_quotes_or_in_short_and_no_other_name_is() {
        for name in [
            "models.\"planning.review\"",
            "models.review",
            "models.planning.review",
        ] {
            assert_eq!(Key::find(name).unwrap().as_str(), "models.planning.review");
        }
        for name in ["models.nonsense", "models.planning", "effort.roles.low"] {
            assert!(Key::find(name).is_err(), "{name}");
        }
        assert_eq!(
            Key::find("models.planning.reviw")
                .unwrap_err()
                .nearest
                .as_deref(),
            Some("models.planning.review")
        );
    }
}
