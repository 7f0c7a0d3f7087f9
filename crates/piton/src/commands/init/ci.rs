//! The workflow that carries out a plan that was dispatched.

use std::fmt;
use std::str::FromStr;

use piton_durable::DiskRead;
use piton_plan::files::Content;
use piton_plan::{Handle, PlanBuilder};
use piton_traffic::install::Install;
use std::path::Path;

use crate::config::Settings;
use crate::error::{Attempt as _, CommandError};
use crate::operation::Op;
use crate::operation::files::{put, read};
use crate::stored::WORKFLOW;

/// How the file begins, by which piton knows it again.
const MARK: &str = "# Written by `piton init --ci`";

const TEMPLATE: &str = include_str!("plan-workflow.yml");

/// How piton, the agent and its key arrive in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ci {
    install: Install,
    agent: CiAgent,
    secret: Secret,
}

/// The agent that works in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
enum CiAgent {
    /// One that is installed, in a version that cannot change.
    Installed {
        name: &'static str,
        package: &'static str,
        version: String,
    },
    /// One whose program the runner has.
    There(String),
}

/// The agents that are installed, and the packages that have them.
const PACKAGES: [(&str, &str); 2] = [
    ("claude", "@anthropic-ai/claude-code"),
    ("codex", "@openai/codex"),
];

impl FromStr for CiAgent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` names no agent: claude@VERSION and codex@VERSION are installed, another NAME must be on the runner already"
            )
        };
        if let Some((name, version)) = text.split_once('@') {
            let known = PACKAGES.iter().find(|(known, _)| *known == name);
            let fits = version.split('.').count() == 3
                && version
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
                && version.starts_with(|c: char| c.is_ascii_digit());
            return match known {
                Some((name, package)) if fits => Ok(Self::Installed {
                    name,
                    package,
                    version: version.to_owned(),
                }),
                Some(_) | None => Err(wrong()),
            };
        }
        let fits = !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !text.starts_with('-')
            && !PACKAGES.iter().any(|(known, _)| *known == text);
        if fits {
            Ok(Self::There(text.to_owned()))
        } else {
            Err(wrong())
        }
    }
}

impl CiAgent {
    fn name(&self) -> &str {
        match self {
            Self::Installed { name, .. } => name,
            Self::There(name) => name,
        }
    }
}

/// The secret that holds the agent's key; the variable has the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Secret(String);

impl FromStr for Secret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = !text.is_empty()
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && !text.starts_with("GITHUB_")
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is not a secret name: expected capital letters, digits and `_`, such as ANTHROPIC_API_KEY"
            ))
        }
    }
}

impl Ci {
    /// Reads the settings. One that is missing ends the command before anything
    /// is written.
    pub(super) fn read(settings: &Settings) -> Result<Self, CommandError> {
        Ok(Self {
            install: setting(
                "ci.install",
                settings.ci_install(),
                "how runs install piton",
                "`piton config set ci.install VERSION`, or an address with its commit or its SHA-256",
            )?,
            agent: setting(
                "ci.agent",
                settings.ci_agent(),
                "which agent works in runs",
                "`piton config set ci.agent claude@VERSION`",
            )?,
            secret: setting(
                "ci.secret",
                settings.ci_secret(),
                "which secret holds the agent's key",
                "`piton config set ci.secret ANTHROPIC_API_KEY`",
            )?,
        })
    }

    /// Renders the workflow. The same settings always give the same bytes.
    fn workflow(&self) -> String {
        let indented = |text: &str| {
            let lines: Vec<String> = text
                .lines()
                .map(|line| format!("          {line}"))
                .collect();
            lines.join("\n")
        };
        let agent = match &self.agent {
            CiAgent::Installed {
                package, version, ..
            } => format!(
                "      - name: Install the agent\n        run: npm install --global '{package}@{version}' # zizmor: ignore[adhoc-packages] one version that cannot change\n"
            ),
            CiAgent::There(_) => String::new(),
        };
        TEMPLATE
            .replace("__MARK__", MARK)
            .replace("__INSTALL__", &indented(&self.install.shell()))
            .replace("__INSTALL_AGENT__\n", &agent)
            .replace("__AGENT__", self.agent.name())
            .replace("__SECRET__", &self.secret.0)
    }
}

fn setting<T: FromStr>(
    key: &str,
    text: Option<&str>,
    what: &str,
    how: &str,
) -> Result<T, CommandError>
where
    T::Err: fmt::Display,
{
    let text = text.ok_or_else(|| {
        CommandError::usage(format!("`{key}` is not set: {what}"))
            .hint(format!("{how}; nothing was written"))
    })?;
    let parsed = text.parse::<T>().map_err(|error| error.to_string());
    parsed.or_usage(format!("could not use {key}"))
}

/// Decides about the file.
pub(super) fn decide(
    builder: &mut PlanBuilder<Op>,
    (disk, top): (&dyn DiskRead, &Path),
    ci: &Ci,
    force: bool,
) -> Result<Option<Handle>, CommandError> {
    let relative = format!(".github/workflows/{WORKFLOW}");
    let old = read(disk, &top.join(&relative))?;
    let ours = old
        .as_ref()
        .is_none_or(|old| old.starts_with(MARK.as_bytes()));
    if !ours && !force {
        return Err(CommandError::failed(format!(
            "{relative} already exists, and piton did not write it"
        ))
        .hint("look at it; --force replaces it"));
    }
    let path = relative.parse().or_failed("could not name the workflow")?;
    let content = Content::Text(ci.workflow());
    let why = "the workflow that carries out dispatched plans";
    let put = put((disk, top), path, content, why)?;
    Ok(put.map(|op| builder.add(Op::File(op))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_pinned_or_there_already() {
        for (text, name) in [("claude@2.1.0", "claude"), ("codex@0.1.2-rc.1", "codex")] {
            // A version with four parts is none.
            let read = text.parse::<CiAgent>();
            assert_eq!(read.is_ok(), text.split('.').count() == 3, "{text}");
            if let Ok(read) = read {
                assert_eq!(read.name(), name);
            }
        }
        assert_eq!("mine".parse::<CiAgent>().unwrap().name(), "mine");
        for text in ["", "claude", "claude@latest", "other@1.2.3", "a b", "x'; y"] {
            assert!(text.parse::<CiAgent>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_a_name_and_nothing_else() {
        assert!("ANTHROPIC_API_KEY".parse::<Secret>().is_ok());
        for text in ["", "sk-ant-123", "GITHUB_TOKEN", "1A", "A }} x"] {
            assert!(text.parse::<Secret>().is_err(), "{text}");
        }
    }
}
