//! Which of the repository's settings count, when an agent could have written
//! them.
//!
//! A setting that names a program to run, or that widens the seal, counts in
//! `piton.toml` as it is committed on the user's branch. What the file says
//! beyond that waits for a person to commit it. It may always narrow the seal.

use super::key::Key;
use super::layer::Layer;
use super::value::Value;

piton_base::words! {
    /// A setting of which the committed value counts.
    enum Guarded: "a guarded setting" {
        Agent = "agent.use",
        Command = "agent.command",
        Script = "agent.script",
        Notify = "notify",
        SlotDir = "slot.dir",
        SlotSetup = "slot.setup",
        ValidationCommand = "validation-command",
        Seal = "seal",
        Network = "seal.network",
        Caches = "seal.caches",
        ValidationNetwork = "validation.network",
        Read = "seal.read",
    }
}

/// Takes out of `layer`, what the file says, whatever does not count, and puts
/// there what `committed` says. `below` gives the value that a setting has
/// without the repository. Returns the names of what does not count.
pub(super) fn vet(
    layer: &mut Layer,
    committed: &Layer,
    below: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut refused = Vec::new();
    for &guarded in Guarded::ALL {
        let name = guarded.as_str();
        let Ok(key) = Key::find(name) else { continue };
        let (says, counts) = (written(layer, &key), written(committed, &key));
        let base = below(name).or_else(|| {
            let elsewhere = guarded.elsewhere()?.as_str();
            let counts = written(committed, &Key::find(elsewhere).ok()?).map(str::to_owned);
            counts.or_else(|| below(elsewhere))
        });
        let narrows = says != counts
            && guarded.is_no_wider(says.or(base.as_deref()), counts.or(base.as_deref()));
        if says == counts || narrows {
            continue;
        }
        refused.push(name.to_owned());
        match committed.values.get(&key) {
            Some(value) => layer.values.insert(key, value.clone()),
            None => layer.values.remove(&key),
        };
    }
    if layer.adapters != committed.adapters {
        let mut names: Vec<_> = layer
            .adapters
            .keys()
            .chain(committed.adapters.keys())
            .collect();
        names.sort();
        names.dedup();
        let changed = names
            .into_iter()
            .filter(|name| layer.adapters.get(*name) != committed.adapters.get(*name));
        refused.extend(changed.map(|name| format!("agents.{name}")));
        layer.adapters.clone_from(&committed.adapters);
    }
    refused
}

fn written<'a>(layer: &'a Layer, key: &Key) -> Option<&'a str> {
    let (value, _): &(Value, usize) = layer.values.get(key)?;
    Some(&value.written)
}

impl Guarded {
    /// Returns the setting that says how it is where it is unset.
    fn elsewhere(self) -> Option<Self> {
        (self == Self::ValidationNetwork).then_some(Self::Network)
    }

    /// Tells whether a seal of the first value lets through no more than one of
    /// the second. Of settings that are not about the seal nothing is narrower.
    fn is_no_wider(self, says: Option<&str>, counts: Option<&str>) -> bool {
        let order: &[&str] = match self {
            Self::Agent
            | Self::Command
            | Self::Script
            | Self::Notify
            | Self::SlotDir
            | Self::SlotSetup
            | Self::ValidationCommand => return false,
            Self::Read => {
                let words = |text: Option<&str>| -> Vec<String> {
                    let words = text.unwrap_or_default().split_whitespace();
                    words.map(str::to_owned).collect()
                };
                let counts = words(counts);
                return words(says).iter().all(|path| counts.contains(path));
            }
            // The narrowest first.
            Self::Seal => &["require", "auto", "off"],
            Self::Network | Self::ValidationNetwork => &["off", "loopback", "on"],
            Self::Caches => &["own", "shared"],
        };
        let rank = |word: Option<&str>| order.iter().position(|other| Some(*other) == word);
        match (rank(says), rank(counts)) {
            (Some(says), Some(counts)) => says <= counts,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_about_settings_names_each_that_counts_as_committed() {
        let page =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
        let page = std::fs::read_to_string(page).unwrap();
        let told = page
            .lines()
            .find(|line| line.starts_with("**Who may set what.**"));
        let told = told.unwrap();
        // `notify` may not stand in a repository's file at all.
        for guarded in Guarded::ALL {
            assert!(
                Key::find(guarded.as_str()).is_ok(),
                "{guarded} is no setting"
            );
            let is_of_seal =
                guarded.as_str().starts_with("seal") || *guarded == Guarded::ValidationNetwork;
            if !is_of_seal && *guarded != Guarded::Notify {
                assert!(told.contains(&format!("`{guarded}`")), "{guarded}: {told}");
            }
        }
        assert!(told.contains("`agents.*`") && told.contains("widens the seal"));
    }

    fn layer(text: &str) -> Layer {
        Layer::parse(Path::new("piton.toml"), text.as_bytes()).unwrap()
    }

    /// Returns what counts, and what was refused.
    fn vetted(says: &str, committed: &str, name: &str) -> (Option<String>, Vec<String>) {
        let below = |name: &str| match name {
            "seal" => Some("auto".to_owned()),
            "seal.network" => Some("on".to_owned()),
            "seal.caches" => Some("own".to_owned()),
            _ => None,
        };
        let mut layer = layer(says);
        let refused = vet(&mut layer, &self::layer(committed), &below);
        let key = Key::find(name).unwrap();
        (written(&layer, &key).map(str::to_owned), refused)
    }

    #[test]
    fn a_program_counts_as_it_is_committed() {
        let check = |says: &str, committed: &str, counts: Option<&str>, refused: &[&str]| {
            let found = vetted(says, committed, "slot.setup");
            assert_eq!(
                found,
                (
                    counts.map(str::to_owned),
                    refused.iter().map(ToString::to_string).collect()
                )
            );
        };
        let (ours, evil) = ("slot.setup = \"npm ci\"", "slot.setup = \"sh evil\"");
        check(ours, ours, Some("npm ci"), &[]);
        check(evil, ours, Some("npm ci"), &["slot.setup"]);
        check(evil, "", None, &["slot.setup"]);
        check("", ours, Some("npm ci"), &["slot.setup"]);
    }

    #[test]
    fn the_seal_may_be_narrowed_and_not_widened() {
        let check = |says: &str, committed: &str, counts: Option<&str>, refused: bool| {
            let (found, names) = vetted(says, committed, "seal");
            assert_eq!(
                (found.as_deref(), !names.is_empty()),
                (counts, refused),
                "{says} over {committed}"
            );
        };
        let (off, auto, require) = ("seal = \"off\"", "seal = \"auto\"", "seal = \"require\"");
        check(require, "", Some("require"), false);
        check(require, off, Some("require"), false);
        check(off, "", None, true);
        check(off, require, Some("require"), true);
        check("", require, Some("require"), true);
        check("", off, None, false);
        check(auto, off, Some("auto"), false);
        check(off, off, Some("off"), false);
    }

    #[test]
    fn the_network_of_validations_may_be_narrowed_below_what_everything_else_has() {
        let check = |says: &str, committed: &str, counts: Option<&str>| {
            let found = vetted(says, committed, "validation.network").0;
            assert_eq!(found.as_deref(), counts, "{says} over {committed}");
        };
        let (on, off) = (
            "validation.network = \"on\"",
            "validation.network = \"off\"",
        );
        check(off, "", Some("off"));
        check(on, off, Some("off"));
        check("", off, Some("off"));
        check(off, on, Some("off"));
        let all = "seal.network = \"loopback\"";
        check(on, all, None);
        check("validation.network = \"loopback\"", all, Some("loopback"));
    }

    #[test]
    fn fewer_stores_may_be_read_and_no_others() {
        let ours = "[seal]\nread = \"~/.npmrc ~/.netrc\"";
        let check = |says: &str, counts: &str| {
            assert_eq!(vetted(says, ours, "seal.read").0.as_deref(), Some(counts));
        };
        check("[seal]\nread = \"~/.netrc\"", "~/.netrc");
        check("[seal]\nread = \"~/.ssh\"", "~/.npmrc ~/.netrc");
    }

    #[test]
    fn descriptions_of_agents_count_as_they_are_committed() {
        let mut says = layer("[agents.claude]\nprogram = \"./evil\"\n");
        let committed = layer("[agents.mine]\nprogram = \"mine\"\n");
        let refused = vet(&mut says, &committed, &|_| None);
        assert_eq!(refused, ["agents.claude", "agents.mine"]);
        assert_eq!(says.adapters.keys().collect::<Vec<_>>(), ["mine"]);
    }

    #[test]
    fn what_names_no_program_counts_as_it_stands() {
        let (counts, refused) = vetted("commit-prefix = \"x\"", "", "commit-prefix");
        assert_eq!((counts.as_deref(), refused.len()), (Some("x"), 0));
    }
}
