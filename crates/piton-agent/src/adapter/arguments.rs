//! Filling the blanks of an argument list.

/// What the blanks in an argument stand for. All of these are names and paths
/// of piton's own or of the user's settings, never text of an agent's.
#[derive(Clone, Debug, Default)]
pub struct Blanks {
    values: Vec<(&'static str, String)>,
}

impl Blanks {
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

/// Replaces every `{name}` that is known; other braces are left as they are.
/// Values are not looked at again, so that a value never fills another blank.
pub fn fill(arguments: &[String], blanks: &Blanks) -> Vec<String> {
    arguments
        .iter()
        .map(|argument| fill_one(argument, blanks))
        .collect()
}

fn fill_one(argument: &str, blanks: &Blanks) -> String {
    let mut filled = String::new();
    let mut rest = argument;
    while let Some(open) = rest.find('{') {
        let (before, from_brace) = rest.split_at(open);
        filled.push_str(before);
        let known = blanks.values.iter().find_map(|(name, value)| {
            let after = from_brace[1..].strip_prefix(name)?.strip_prefix('}')?;
            Some((value, after))
        });
        if let Some((value, after)) = known {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = &from_brace[1..];
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_blanks_are_filled_once_and_other_braces_stay() {
        let blanks = Blanks::default()
            .with("model", "{effort}")
            .with("effort", "low");
        let check = |argument: &str, expected: &str| {
            assert_eq!(fill(&[argument.to_owned()], &blanks), [expected]);
        };
        check("{model}", "{effort}");
        check("reasoning=\"{effort}\"", "reasoning=\"low\"");
        check("{\"json\": {}}", "{\"json\": {}}");
        check("{", "{");
        check("{{effort}}", "{low}");
    }
}
