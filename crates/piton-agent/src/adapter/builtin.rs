//! The descriptions that come with piton.

use super::command::COMMAND;
use super::recipes;
use super::spec::{AdapterError, AdapterSpec};

/// The agents that are described without any configuration.
pub(crate) const BUILT_IN: [(&str, &str); 3] = [
    ("claude", include_str!("claude.toml")),
    ("codex", include_str!("codex.toml")),
    ("command", COMMAND),
];

/// Returns the description called `name`: a built-in one with the settings of
/// `[agents.NAME]` laid over it, one that is known by its name, or one that
/// the settings describe whole, by naming a program.
pub fn resolve(name: &str, settings: Option<&toml::Table>) -> Result<AdapterSpec, AdapterError> {
    let built_in = BUILT_IN.iter().find(|(built_in, _)| *built_in == name);
    let names_program = settings.is_some_and(|settings| settings.contains_key("program"));
    let recipe = recipes::of(name).filter(|_| built_in.is_none() && !names_program);
    if built_in.is_none() && recipe.is_none() && settings.is_none() {
        let known: Vec<&str> = BUILT_IN
            .iter()
            .map(|(name, _)| *name)
            .chain(recipes::names())
            .collect();
        let known = known.join(", ");
        return Err(AdapterError::Unknown {
            name: name.to_owned(),
            known,
        });
    }
    let wrong = |source| AdapterError::Settings {
        name: name.to_owned(),
        source: Box::new(source),
    };
    // A program nobody described is a command: text in, text out.
    let base = built_in.map_or(COMMAND, |(_, text)| text);
    let mut table: toml::Table = base.parse().map_err(wrong)?;
    if let Some(recipe) = &recipe {
        lay_over(&mut table, recipe);
        table.remove("failures");
    }
    if let Some(settings) = settings {
        lay_over(&mut table, settings);
    }
    if name == "command" && table.get("program").and_then(toml::Value::as_str) == Some("") {
        return Err(AdapterError::NoCommand);
    }
    let mut spec: AdapterSpec = table.try_into().map_err(wrong)?;
    if built_in.is_none_or(|(name, _)| *name == "command") {
        spec.allow_its_keys();
        if settings.is_none_or(|settings| !settings.contains_key("failures")) {
            spec.understand_its_failures();
        }
    }
    spec.check().map_err(|reason| AdapterError::Unusable {
        name: name.to_owned(),
        reason,
    })?;
    Ok(spec)
}

/// Says how to sign in to an agent, as its description tells it.
pub fn sign_in(name: &str) -> String {
    resolve(name, None)
        .ok()
        .map(|spec| spec.sign_in)
        .filter(|told| !told.is_empty())
        .unwrap_or_else(|| format!("sign in with {name} itself, or set its key in the environment"))
}

/// Lays settings over a description: tables key by key, everything else whole,
/// but for the variables that are passed on, which are further ones.
fn lay_over(base: &mut toml::Table, settings: &toml::Table) {
    for (key, value) in settings {
        match (base.get_mut(key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (Some(toml::Value::Array(below)), toml::Value::Array(above)) if key == "allow" => {
                below.extend(above.iter().cloned());
            }
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::{PromptDelivery, ReplySource};

    fn settings(text: &str) -> toml::Table {
        text.parse().unwrap()
    }

    #[test]
    fn every_built_in_description_reads_and_is_usable() {
        for (name, text) in BUILT_IN {
            let spec: AdapterSpec =
                toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            if name != "command" {
                assert_eq!(spec.check(), Ok(()), "{name}");
                assert!(
                    !spec.install.is_empty() && spec.version.tested_to.is_some(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn settings_change_one_key_and_leave_the_others() {
        let plain = resolve("claude", None).unwrap();
        let over = settings("program = \"/opt/claude\"\n[version]\ntested-to = \"9.9\"");
        let changed = resolve("claude", Some(&over)).unwrap();
        assert_eq!(changed.program, "/opt/claude");
        assert_eq!(changed.arguments, plain.arguments);
        assert_eq!(changed.version.arguments, plain.version.arguments);
        assert_eq!(changed.version.tested_to.unwrap().to_string(), "9.9");
    }

    #[test]
    fn variables_in_the_settings_are_added_to_the_list() {
        let over = settings("[environment]\nallow = [\"MY_PROXY\"]");
        let allow = resolve("claude", Some(&over)).unwrap().environment.allow;
        assert!(allow.contains(&"ANTHROPIC_*".to_owned()), "{allow:?}");
        assert!(allow.contains(&"MY_PROXY".to_owned()), "{allow:?}");
    }

    #[test]
    fn a_command_gets_the_keys_that_its_recipe_names() {
        let allow = |line: &str| AdapterSpec::of_command(line).unwrap().environment.allow;
        assert_eq!(allow("sh agent.sh"), [""; 0]);
        assert_eq!(allow("/opt/amp -x"), ["AMP_*"]);
        let over = settings("program = \"amp\"\n[environment]\nallow = [\"MINE\"]");
        let own = resolve("mine", Some(&over)).unwrap();
        assert_eq!(own.environment.allow, ["MINE", "AMP_*"]);
    }

    #[test]
    fn an_agent_of_the_users_own_is_described_by_settings_alone() {
        let over = settings("program = \"gemini\"\narguments = [\"-p\", \"\"]");
        assert_eq!(resolve("gemini", Some(&over)).unwrap().program, "gemini");
    }

    #[test]
    fn wrong_settings_say_which_key_and_what_is_allowed() {
        let check = |text: &str, expected: &str| {
            let error = resolve("mine", Some(&settings(text))).unwrap_err();
            let chain = format!(
                "{error}: {}",
                std::error::Error::source(&error).map_or(String::new(), ToString::to_string)
            );
            assert!(chain.contains(expected), "{chain}");
        };
        check("program = \"x\"\nargumets = []", "argumets");
        check("program = \"x\"\nprompt = \"argument\"", "stdin");
        check("program = \"x\"\nprompt = \"file\"", "{prompt_file}");
        check("program = \"x\"\narguments = [\"{prompt}\"]", "128 KiB");
        assert!(
            resolve("nobody", None)
                .unwrap_err()
                .to_string()
                .contains("claude, codex, command")
        );
        assert!(matches!(
            resolve("command", None),
            Err(AdapterError::NoCommand)
        ));
    }

    #[test]
    fn a_command_line_is_split_and_its_blanks_decide_how_the_prompt_goes_in() {
        let spec = AdapterSpec::of_command("aider --message-file {prompt_file} 'a b'").unwrap();
        assert_eq!(
            (spec.program.as_str(), spec.prompt),
            ("aider", PromptDelivery::File)
        );
        assert_eq!(spec.arguments[2], "a b");
        let spec = AdapterSpec::of_command("x -o {reply_file}").unwrap();
        assert_eq!(
            (spec.prompt, spec.reply),
            (PromptDelivery::Stdin, ReplySource::File)
        );
        assert!(AdapterSpec::of_command(" ").is_err());
    }
}
