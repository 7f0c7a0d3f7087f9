//! What is known of common agents besides those that come described: a file
//! for each, with its command line, its keys, and what its failures mean.
//!
//! A program that nobody described gets no key. One that is known by its name
//! gets those of its own service; the guide lists the same.

use std::path::Path;

use toml::Table;

macro_rules! recipe {
    ($name:literal) => {
        ($name, include_str!(concat!("recipes/", $name, ".toml")))
    };
}

/// Each program's name, and its file.
const RECIPES: [(&str, &str); 9] = [
    recipe!("aider"),
    recipe!("amp"),
    ("claude", include_str!("claude.toml")),
    ("codex", include_str!("codex.toml")),
    recipe!("copilot"),
    recipe!("cursor-agent"),
    recipe!("gemini"),
    recipe!("ollama"),
    recipe!("opencode"),
];

/// Returns what is known of a program of this name.
pub(super) fn of(program: &str) -> Option<Table> {
    let name = Path::new(program).file_name()?.to_str()?;
    let (_, text) = RECIPES.iter().find(|(known, _)| *known == name)?;
    Some(
        text.parse()
            .expect("a recipe parses; a test reads all of them"),
    )
}

/// Returns the names of those that can be called without any settings.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    RECIPES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !["claude", "codex", "ollama"].contains(name))
}

/// Returns the variables that a program of this name is given besides those
/// that all are.
pub(super) fn variables_of(program: &str) -> Vec<String> {
    let recipe = of(program).unwrap_or_default();
    let allow = recipe.get("environment").and_then(|it| it.get("allow"));
    let names = allow.and_then(toml::Value::as_array).into_iter().flatten();
    names
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::resolve;

    const GUIDE: &str = include_str!("../../../../docs/agents.md");

    #[test]
    fn a_program_gets_the_keys_of_its_own_service_and_no_others() {
        assert_eq!(variables_of("/opt/bin/amp"), ["AMP_*"]);
        assert_eq!(variables_of("sh"), [""; 0]);
        for (program, _) in RECIPES {
            for variable in variables_of(program) {
                // Claude and Codex have more of them than are worth telling.
                assert!(
                    GUIDE.contains(&format!("`{variable}`"))
                        || ["claude", "codex"].contains(&program),
                    "the guide lacks {variable} of {program}"
                );
            }
        }
    }

    #[test]
    fn every_recipe_can_be_called_by_its_name_and_says_whether_it_was_tried() {
        for name in names() {
            let spec = resolve(name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(spec.program, name);
            assert!(!spec.install.is_empty(), "{name}");
            let row = GUIDE
                .lines()
                .find(|line| line.starts_with(&format!("| `{name}` |")))
                .unwrap_or_else(|| panic!("the guide lacks {name}"));
            let tried = spec.version.tested_to.is_some();
            assert_eq!(tried, !row.contains("untried"), "{row}");
        }
    }

    #[test]
    fn an_exit_of_geminis_that_means_authentication_is_one() {
        for spec in [
            resolve("gemini", None).unwrap(),
            crate::AdapterSpec::of_command("gemini --approval-mode yolo -o text").unwrap(),
        ] {
            let rule = spec
                .failures
                .iter()
                .find(|rule| rule.words.contains(&"exit:41".to_owned()));
            assert_eq!(
                rule.map(|rule| rule.class),
                Some(crate::adapter::FailureClass::Authentication)
            );
        }
    }
}
