//! Where GitHub is: the addresses that requests go to.

use std::net::{IpAddr, Ipv6Addr};

use ureq::http::Uri;

/// The addresses of the two interfaces. The token goes to these and nowhere
/// else; plain HTTP is for loopback only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    rest: Origin,
    /// The path before every REST path; empty for GitHub itself.
    prefix: String,
    graphql: String,
}

/// Why an address is no base.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBase {
    #[error(
        "`{address}` is not the address of an API: expected https://HOST, with a path or \
         without"
    )]
    Form { address: String },
    #[error("`{address}` is not encrypted: plain http is for this machine only (127.0.0.1)")]
    Plain { address: String },
}

impl Base {
    /// GitHub itself.
    pub(crate) fn github() -> Self {
        Self {
            rest: Origin {
                scheme: Scheme::Https,
                authority: "api.github.com".to_owned(),
            },
            prefix: String::new(),
            graphql: "https://api.github.com/graphql".to_owned(),
        }
    }

    /// Reads a base address. The address of GraphQL follows from it as GitHub
    /// arranges them, unless it is given.
    pub fn new(rest: &str, graphql: Option<&str>) -> Result<Self, InvalidBase> {
        let address = rest.trim().trim_end_matches('/');
        let (origin, prefix) = split(address)?;
        let graphql = match graphql {
            Some(graphql) => {
                let graphql = graphql.trim().trim_end_matches('/');
                let (origin, path) = split(graphql)?;
                format!("{}{path}", origin.address())
            }
            // Enterprise servers have `/api/v3` and `/api/graphql`.
            None => format!(
                "{}{}/graphql",
                origin.address(),
                prefix.strip_suffix("/v3").unwrap_or(&prefix)
            ),
        };
        Ok(Self {
            rest: origin,
            prefix,
            graphql,
        })
    }

    /// Returns the host that people see repositories on.
    pub fn web_host(&self) -> &str {
        let authority = &self.rest.authority;
        authority.strip_prefix("api.").unwrap_or(authority)
    }

    pub(super) fn rest(&self, target: &str) -> String {
        format!("{}{}{target}", self.rest.address(), self.prefix)
    }

    pub(super) fn graphql(&self) -> &str {
        &self.graphql
    }

    pub(super) fn loopback(&self) -> bool {
        self.rest.loopback()
    }

    /// Returns what a whole address asks of this base, without the prefix.
    pub(super) fn target_of(&self, address: &str) -> Option<String> {
        let rest = address.strip_prefix(&self.rest.address())?;
        let target = rest.strip_prefix(&self.prefix)?;
        target.starts_with('/').then(|| target.to_owned())
    }

    /// Whether a request may go to that address at all: encrypted, or to this
    /// machine where the base is on this machine.
    pub(super) fn allows(&self, origin: &Origin) -> bool {
        match origin.scheme {
            Scheme::Https => true,
            Scheme::Http => origin.loopback() && self.loopback(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) scheme: Scheme,
    pub(super) authority: String,
}

impl Origin {
    /// Takes the origin of a whole address; `None` for anything that is not
    /// plainly one, names and passwords included.
    pub(super) fn of(address: &str) -> Option<(Self, String)> {
        let uri: Uri = address.parse().ok()?;
        let scheme = match uri.scheme_str()? {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return None,
        };
        let authority = uri.authority()?.as_str().to_ascii_lowercase();
        if !is_host_and_port(&authority) || uri.host().is_none_or(str::is_empty) {
            return None;
        }
        let target = uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string);
        Some((Self { scheme, authority }, target))
    }

    pub(super) fn address(&self) -> String {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        format!("{scheme}://{}", self.authority)
    }

    pub(super) fn loopback(&self) -> bool {
        let host = match self.authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.authority.split(':').next().unwrap_or_default(),
        };
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback())
    }
}

/// Whether it is a host, or a number of version six in brackets, with a port or
/// without, and nothing else: what one reader takes for the host another might
/// not.
fn is_host_and_port(authority: &str) -> bool {
    let (fits, after) = if let Some(rest) = authority.strip_prefix('[') {
        let (number, after) = rest.split_once(']').unwrap_or_default();
        (number.parse::<Ipv6Addr>().is_ok(), after)
    } else {
        let end = authority.find(':').unwrap_or(authority.len());
        let (host, after) = authority.split_at(end);
        (!host.contains(['@', '[', ']']), after)
    };
    let port = after.strip_prefix(':');
    fits && (after.is_empty() || port.is_some_and(|port| port.parse::<u16>().is_ok()))
}

fn split(address: &str) -> Result<(Origin, String), InvalidBase> {
    let form = || InvalidBase::Form {
        address: shown(address),
    };
    let (origin, target) = Origin::of(address).ok_or_else(form)?;
    if target.contains(['?', '#']) {
        return Err(form());
    }
    if origin.scheme == Scheme::Http && !origin.loopback() {
        return Err(InvalidBase::Plain {
            address: shown(address),
        });
    }
    Ok((origin, target.trim_end_matches('/').to_owned()))
}

/// What is shown of an address: a name and a password in it are not.
fn shown(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://***@{rest}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rest: &str, graphql: Option<&str>, expected: (&str, &str)) {
        let base = Base::new(rest, graphql).unwrap();
        assert_eq!((base.rest("/user").as_str(), base.graphql()), expected);
    }

    #[test]
    fn graphql_lies_where_github_puts_it() {
        check(
            "https://api.github.com/",
            None,
            (
                "https://api.github.com/user",
                "https://api.github.com/graphql",
            ),
        );
        check(
            "https://ghe.example/api/v3",
            None,
            (
                "https://ghe.example/api/v3/user",
                "https://ghe.example/api/graphql",
            ),
        );
        check(
            "http://127.0.0.1:8080",
            Some("http://127.0.0.1:8081/g"),
            ("http://127.0.0.1:8080/user", "http://127.0.0.1:8081/g"),
        );
        check(
            "http://[::1]:80/x",
            None,
            ("http://[::1]:80/x/user", "http://[::1]:80/x/graphql"),
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for address in [
            "http://api.github.com",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1:80",
            "http://localhost.evil.example",
        ] {
            let refused = Base::new(address, None).unwrap_err();
            assert!(matches!(refused, InvalidBase::Plain { .. }), "{address}");
        }
    }

    #[test]
    fn an_address_of_another_form_is_refused_without_its_password() {
        for address in [
            "api.github.com",
            "ftp://x",
            "",
            "https://",
            "https://x/?a",
            "http://127.0.0.1@evil.example/",
            "https://me:secret@ghe.example",
            "http://[::1].evil.example",
            "http://[::1",
            "http://[127.0.0.1]",
            "http://127.0.0.1:80:81",
            "http://127.0.0.1:x",
        ] {
            let refused = Base::new(address, None).unwrap_err();
            assert!(matches!(refused, InvalidBase::Form { .. }), "{address}");
            assert!(!refused.to_string().contains("secret"), "{refused}");
        }
    }
}
