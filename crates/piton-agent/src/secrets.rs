//! What looks like a secret: by the name it goes under, or by its own shape.

use std::ffi::OsString;

use crate::host::Host;

/// A value that is kept out of what is stored, and the variable it is from.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    pub variable: String,
    pub value: String,
}

// A list of secrets must not turn up in a log because somebody printed it.
impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Known({})", self.variable)
    }
}

/// Returns the values in piton's environment that look like secrets, and the
/// passwords inside addresses and connection strings.
pub fn known(host: &Host) -> Vec<Known> {
    let mut known = Vec::new();
    for (name, value) in &host.environment {
        let (Some(variable), Some(value)) = (name.to_str(), text(value)) else {
            continue;
        };
        let mut parts = passwords(value);
        if is_telling(variable) || !parts.is_empty() {
            parts.push(value.to_owned());
        }
        known.extend(parts.into_iter().map(|value| Known {
            variable: variable.to_owned(),
            value,
        }));
    }
    known
}

fn text(value: &OsString) -> Option<&str> {
    value.to_str().filter(|text| !text.is_empty())
}

/// Tells whether a variable, a setting or an option of that name holds a secret.
fn is_telling(name: &str) -> bool {
    const MARKS: [&str; 8] = [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "CREDENTIAL",
        "API_KEY",
        "PRIVATE_KEY",
    ];
    let name = name.to_uppercase().replace('-', "_");
    MARKS.iter().any(|mark| name.contains(mark))
        || ["_KEY", "_PAT", "_PWD"]
            .iter()
            .any(|end| name.ends_with(end))
        || matches!(name.as_str(), "PASS" | "APIKEY")
}

/// Returns the passwords in a text: of addresses (`scheme://user:password@host`)
/// and of connection strings (`Server=x;Password=y`).
fn passwords(text: &str) -> Vec<String> {
    const KEYS: [&str; 5] = [
        "password",
        "pwd",
        "accountkey",
        "sharedaccesskey",
        "sharedaccesssignature",
    ];
    let mut found: Vec<String> = in_addresses(text).collect();
    let pairs: Vec<(&str, &str)> = text
        .split(|c: char| c == ';' || c.is_whitespace())
        .filter_map(|pair| pair.split_once('='))
        .collect();
    // One alone is a setting that is talked about.
    for (key, value) in pairs.iter().filter(|_| pairs.len() > 1) {
        let value = value.trim_matches(['\'', '"']);
        if KEYS.contains(&key.to_lowercase().as_str()) && is_value(value) {
            found.push(value.to_owned());
        }
    }
    found
}

fn in_addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("://").filter_map(move |(at, _)| {
        let rest = &text[at + 3..];
        let end = rest
            .find(|c: char| c == '/' || c == '?' || c == '#' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (user, _) = rest[..end].rsplit_once('@')?;
        let (_, password) = user.split_once(':')?;
        is_value(password).then(|| password.to_owned())
    })
}

/// Says what in a text looks like a secret, if anything does: it is going to be
/// stored or committed.
pub fn in_text(text: &str) -> Option<String> {
    if in_addresses(text).next().is_some() {
        return Some("an address with a password in it".to_owned());
    }
    if !passwords(text).is_empty() {
        return Some("a connection string with a password in it".to_owned());
    }
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key".to_owned());
    }
    let mut words = text
        .split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ',' | ';' | '(' | ')' | '`'))
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            // An option's value may be the next word.
            None if word.starts_with("--") => match words.peek() {
                Some(next) if !next.starts_with('-') => (word, *next),
                _ => continue,
            },
            None => ("", word),
        };
        if is_token(value) {
            return Some("a token".to_owned());
        }
        let option = name.trim_start_matches('-');
        let named = !option.is_empty()
            && option
                .chars()
                .all(|c| c.is_alphanumeric() || "_-".contains(c));
        if named && is_telling(option) && looks_secret(value) {
            return Some(format!("the value of {option}"));
        }
    }
    None
}

/// A reference to a variable, a file or a place to fill in is no secret.
fn is_value(value: &str) -> bool {
    let placeholder = value.starts_with(['$', '<', '{', '%', '@', '/', '.', '*'])
        || value
            .chars()
            .all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '…'));
    value.len() >= 3 && !placeholder
}

/// Outside an address only what no word of a language looks like counts.
fn looks_secret(value: &str) -> bool {
    is_value(value) && value.len() >= 6 && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Tells whether a word has the form of a token of a well-known service.
fn is_token(word: &str) -> bool {
    const FORMS: [(&str, usize); 17] = [
        ("ghp_", 30),
        ("gho_", 30),
        ("ghu_", 30),
        ("ghs_", 30),
        ("ghr_", 30),
        ("github_pat_", 30),
        ("glpat-", 16),
        ("sk-ant-", 20),
        ("sk-proj-", 20),
        ("sk-", 32),
        ("xoxb-", 20),
        ("xoxp-", 20),
        ("npm_", 30),
        ("pypi-", 40),
        ("AIza", 30),
        ("AKIA", 16),
        ("ASIA", 16),
    ];
    let body = |rest: &str| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
            .count()
    };
    let known = FORMS.iter().any(|(start, least)| {
        word.strip_prefix(start)
            .is_some_and(|rest| body(rest) >= *least)
    });
    let signed = word.starts_with("eyJ") && word.len() > 60 && word.matches('.').count() == 2;
    known || signed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(variables: &[(&str, &str)]) -> Vec<String> {
        let environment = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let host = Host {
            environment: environment.collect(),
            ..Host::default()
        };
        known(&host).into_iter().map(|known| known.value).collect()
    }

    #[test]
    fn a_secret_is_known_by_the_name_it_goes_under() {
        for name in [
            "MYSQL_PWD",
            "GOOGLE_CREDENTIALS",
            "AWS_CREDENTIALS_FILE",
            "GPG_PASSPHRASE",
            "PASSPHRASE_OF_MINE",
            "DATABASE_PASSWORD",
            "SOME_API_KEY",
        ] {
            assert_eq!(values(&[(name, "hunter22")]), ["hunter22"], "{name}");
        }
        for name in ["PWD", "OLDPWD", "PATH", "EDITOR"] {
            assert_eq!(values(&[(name, "hunter22")]), [] as [&str; 0], "{name}");
        }
    }

    #[test]
    fn the_password_inside_an_address_is_a_secret_whatever_its_name() {
        assert_eq!(
            values(&[("DATABASE_URL", "postgres://me:s3cr3t@db.example.com/x")]),
            ["s3cr3t", "postgres://me:s3cr3t@db.example.com/x"]
        );
        assert_eq!(
            values(&[("https_proxy", "http://u:pa55word@proxy:3128")]),
            ["pa55word", "http://u:pa55word@proxy:3128"]
        );
        assert_eq!(
            values(&[("CONN", "Server=db;User Id=me;Password=s3cr3t9;")]),
            ["s3cr3t9", "Server=db;User Id=me;Password=s3cr3t9;"]
        );
        assert_eq!(
            values(&[("HTTP_PROXY", "http://proxy:3128")]),
            [] as [&str; 0]
        );
        assert_eq!(
            values(&[("URL", "https://git@example.com/x")]),
            [] as [&str; 0]
        );
    }

    #[test]
    fn a_text_that_holds_a_secret_says_which_and_any_other_is_let_be() {
        let token = format!("ghp_{}", "a1".repeat(18));
        let anthropic = format!("sk-ant-{}", "b2".repeat(20));
        for secret in [
            "use postgres://me:s3cr3t@db/x",
            "my-agent --token abc123def",
            "my-agent --api-key=abc123def",
            "env API_TOKEN=abc123def my-agent",
            "connect with Server=x;Password=abc123",
            "-----BEGIN RSA PRIVATE KEY-----",
            &format!("the token {token} is mine"),
            &format!("agent '{anthropic}'"),
        ] {
            assert!(in_text(secret).is_some(), "{secret}");
        }
        for plain in [
            "",
            "split the parser from the report",
            "rotate the token and the password",
            "replace PASSWORD=changeme by a variable",
            "my-agent --token $MY_TOKEN --max-tokens 4096x",
            "my-agent --token-file /run/secrets/t0ken1",
            "read https://example.com/a:b@c and git@github.com:me/x.git",
            "env AGENT_CALLS=/tmp/x1/calls /tmp/x1/agent",
            "sk-learn and ghp_ are words",
            "the key=value form, count=123456",
        ] {
            assert_eq!(in_text(plain), None, "{plain}");
        }
    }
}
