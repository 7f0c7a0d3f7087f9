//! How the workflow installs piton: always one version that cannot change.

use std::fmt;
use std::str::FromStr;

/// One pinned way of installing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Install {
    Registry {
        version: String,
    },
    /// A commit of a repository.
    Git {
        address: String,
        commit: String,
    },
    /// An archive that holds the program, and its SHA-256.
    Archive {
        address: String,
        sha256: String,
    },
}

/// Why a text names no pinned way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` pins no version of piton: expected a version (1.2.3), a git address with its commit \
     (https://HOST/PATH#COMMIT), or an archive with its digest (https://HOST/FILE sha256:DIGEST)"
)]
pub struct InvalidInstall {
    text: String,
}

impl FromStr for Install {
    type Err = InvalidInstall;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let wrong = || InvalidInstall {
            text: text.to_owned(),
        };
        if let Some((address, digest)) = text.split_once(char::is_whitespace) {
            let sha256 = digest.trim().strip_prefix("sha256:").ok_or_else(wrong)?;
            if !is_address(address) || !is_hex(sha256, 64) {
                return Err(wrong());
            }
            return Ok(Self::Archive {
                address: address.to_owned(),
                sha256: sha256.to_lowercase(),
            });
        }
        if let Some((address, commit)) = text.split_once('#') {
            if !is_address(address) || !is_hex(commit, 40) {
                return Err(wrong());
            }
            return Ok(Self::Git {
                address: address.to_owned(),
                commit: commit.to_lowercase(),
            });
        }
        let fits = text.split('.').count() >= 3
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'));
        if fits {
            Ok(Self::Registry {
                version: text.to_owned(),
            })
        } else {
            Err(wrong())
        }
    }
}

impl Install {
    /// Returns the lines of shell that install it. What is filled in holds
    /// nothing that a shell would read, and is quoted all the same.
    pub fn shell(&self) -> String {
        match self {
            Self::Registry { version } => {
                format!("cargo install --locked piton --version '={version}'\n")
            }
            Self::Git { address, commit } => {
                format!("cargo install --locked --git '{address}' --rev '{commit}' piton\n")
            }
            Self::Archive { address, sha256 } => format!(
                "curl --fail --silent --show-error --location --proto '=https' --output piton.tar.gz '{address}'\n\
                 echo '{sha256}  piton.tar.gz' | sha256sum --check --strict\n\
                 mkdir -p \"$HOME/.cargo/bin\"\n\
                 tar -xzf piton.tar.gz -C \"$HOME/.cargo/bin\" --strip-components=1 --wildcards '*/piton'\n"
            ),
        }
    }
}

impl fmt::Display for Install {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry { version } => f.write_str(version),
            Self::Git { address, commit } => write!(f, "{address}#{commit}"),
            Self::Archive { address, sha256 } => write!(f, "{address} sha256:{sha256}"),
        }
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    !rest.is_empty()
        && !rest.starts_with('/')
        && rest
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~/%+:@".contains(&b))
        && !rest.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_way_is_read_and_told_alike() {
        let digest = "ab".repeat(32);
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for text in [
            "0.1.0".to_owned(),
            "1.2.3-rc.1".to_owned(),
            format!("https://github.com/acme/piton.git#{commit}"),
            format!("https://example.com/piton-1.tar.gz sha256:{digest}"),
        ] {
            assert_eq!(text.parse::<Install>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_may_change_later_or_could_reach_a_shell_is_refused() {
        for text in [
            "",
            "latest",
            "1",
            "https://github.com/acme/piton.git",
            "https://github.com/acme/piton.git#main",
            "http://example.com/x sha256:00",
            "https://example.com/x'; rm -rf / sha256:00",
            "1.2.3; rm -rf /",
            "1.2.3'",
        ] {
            assert!(text.parse::<Install>().is_err(), "{text}");
        }
    }
}
