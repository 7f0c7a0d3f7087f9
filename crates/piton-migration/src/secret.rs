//! Secrets that somebody wrote into a migration.

use std::fmt;

use crate::contents::Contents;

/// The value of a variable that looks like a secret. It is never shown.
#[derive(Clone)]
pub struct Secret {
    name: String,
    value: String,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=****", self.name)
    }
}

/// A shorter value says nothing: it comes up by chance.
const SHORTEST: usize = 8;

impl Secret {
    /// Takes a variable; a value that is too short to be one is none.
    pub fn new(name: &str, value: &str) -> Option<Self> {
        (value.len() >= SHORTEST).then(|| Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.value)
    }

    /// Returns the name of a variable whose value stands in these bytes.
    pub fn within<'s>(secrets: &'s [Self], bytes: &[u8]) -> Option<&'s str> {
        let text = String::from_utf8_lossy(bytes);
        let found = secrets.iter().find(|secret| secret.is_in(&text));
        found.map(|secret| secret.name.as_str())
    }

    /// Returns a file that holds a secret, with the name of its variable: it
    /// would be committed.
    pub fn found_among(secrets: &[Self], contents: &Contents) -> Option<(String, String)> {
        contents.paths().find_map(|path| {
            let name = Self::within(secrets, contents.get(path)?)?;
            Some((path.to_owned(), name.to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let secret = Secret::new("TOKEN", "hunter2hunter2").unwrap();
        assert_eq!(format!("{secret:?}"), "TOKEN=****");
        assert!(Secret::new("X", "short").is_none());
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands_and_named_by_its_variable() {
        let secrets = [("ONE", "11111111"), ("TWO", "22222222")]
            .map(|(name, value)| Secret::new(name, value).unwrap());
        assert!(secrets[0].is_in("it is 11111111!"));
        assert!(!secrets[0].is_in("it is 22222222!"));
        assert_eq!(Secret::within(&secrets, b"\xff22222222"), Some("TWO"));
        assert_eq!(Secret::within(&secrets, b"1111111 2222222"), None);
        let mut contents = Contents::default();
        contents.put("plan.md", "nothing");
        assert_eq!(Secret::found_among(&secrets, &contents), None);
        contents.put("notes/one.md", "see 22222222");
        let found = ("notes/one.md".to_owned(), "TWO".to_owned());
        assert_eq!(Secret::found_among(&secrets, &contents), Some(found));
    }
}
