//! Where GitHub is and who signs in, out of what the user set.

use super::base::{Base, InvalidBase};
use super::token::{InvalidToken, Token};

/// What the environment and the user's own settings say. A committed file has
/// no say in it: whoever can commit could send the token elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    pub gh_token: Option<&'a str>,
    pub github_token: Option<&'a str>,
    /// `GITHUB_API_URL`
    pub api_url: Option<&'a str>,
    /// `GITHUB_GRAPHQL_URL`
    pub graphql_url: Option<&'a str>,
    /// `github.api-url` of the user's settings
    pub setting: Option<&'a str>,
}

/// Where to go, and with which token.
#[derive(Clone, Debug)]
pub struct Access {
    pub base: Base,
    pub token: Option<Token>,
}

/// Why there is no way to GitHub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    #[error("{name}")]
    Base {
        name: &'static str,
        #[source]
        source: InvalidBase,
    },
    #[error("{name}")]
    Token {
        name: &'static str,
        #[source]
        source: InvalidToken,
    },
}

impl Access {
    /// Decides from the sources; `gh` is asked only where no variable has a
    /// token, and never for a host on this machine.
    pub fn decide(
        sources: Sources<'_>,
        gh: impl FnOnce(&str) -> Option<Token>,
    ) -> Result<Self, AccessError> {
        let (name, address) = match (sources.api_url, sources.setting) {
            (Some(address), _) => ("GITHUB_API_URL", Some(address)),
            (None, setting) => ("github.api-url", setting),
        };
        let base = match address {
            None => match sources.graphql_url {
                None => Ok(Base::github()),
                Some(_) => Base::new("https://api.github.com", sources.graphql_url),
            },
            // The address of GraphQL belongs to the address beside it.
            Some(address) => Base::new(
                address,
                sources.graphql_url.filter(|_| sources.api_url.is_some()),
            ),
        };
        let base = base.map_err(|source| AccessError::Base { name, source })?;
        let variables = [
            ("GH_TOKEN", sources.gh_token),
            ("GITHUB_TOKEN", sources.github_token),
        ];
        let set = variables
            .into_iter()
            .find_map(|(name, text)| Some((name, text?)));
        let token = match set {
            Some((name, text)) => Some(
                text.parse()
                    .map_err(|source| AccessError::Token { name, source })?,
            ),
            None if base.loopback() => None,
            None => gh(base.web_host()),
        };
        Ok(Self { base, token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(sources: Sources<'_>) -> Result<(String, Option<String>), AccessError> {
        let gh = |host: &str| format!("gh-{host}").parse().ok();
        let access = Access::decide(sources, gh)?;
        let token = access.token.map(|token| token.reveal().to_owned());
        Ok((access.base.rest("/user"), token))
    }

    #[test]
    fn the_environment_goes_before_the_settings_and_gh_comes_last() {
        let github = "https://api.github.com/user".to_owned();
        let none = Sources::default();
        assert_eq!(
            decide(none).unwrap(),
            (github.clone(), Some("gh-github.com".to_owned()))
        );
        let both = Sources {
            gh_token: Some("a"),
            github_token: Some("b"),
            ..none
        };
        assert_eq!(decide(both).unwrap(), (github, Some("a".to_owned())));
        let enterprise = Sources {
            setting: Some("https://ghe.example/api/v3"),
            ..none
        };
        let (address, token) = decide(enterprise).unwrap();
        assert_eq!(address, "https://ghe.example/api/v3/user");
        assert_eq!(token.unwrap(), "gh-ghe.example");
        let set = Sources {
            api_url: Some("http://127.0.0.1:9"),
            github_token: Some("b"),
            ..enterprise
        };
        assert_eq!(
            decide(set).unwrap(),
            ("http://127.0.0.1:9/user".to_owned(), Some("b".to_owned()))
        );
    }

    #[test]
    fn gh_is_not_asked_for_a_host_on_this_machine() {
        let sources = Sources {
            api_url: Some("http://127.0.0.1:9"),
            ..Sources::default()
        };
        assert_eq!(decide(sources).unwrap().1, None);
    }

    #[test]
    fn what_is_wrong_is_named_and_a_token_never_repeated() {
        let sources = Sources {
            gh_token: Some("a b"),
            ..Sources::default()
        };
        assert_eq!(decide(sources).unwrap_err().to_string(), "GH_TOKEN");
        let sources = Sources {
            setting: Some("http://example.com"),
            ..Sources::default()
        };
        assert_eq!(decide(sources).unwrap_err().to_string(), "github.api-url");
    }
}
