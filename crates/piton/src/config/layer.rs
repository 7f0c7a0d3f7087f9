//! The settings of one file, each with the line it stands on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use piton_base::terminal::{clean, columns};
use toml_edit::{Document, DocumentMut, Item, TableLike};

use super::key::{Key, UnknownKey};
use super::value::{Kind, Value};

/// What one file sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    pub(crate) values: BTreeMap<Key, (Value, usize)>,
    /// Descriptions of agents, by name, as TOML text for piton-agent.
    pub(crate) adapters: BTreeMap<String, String>,
}

/// A file that cannot be taken as configuration.
#[derive(Debug, thiserror::Error)]
#[error("{}{}", file.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub(crate) struct ConfigError {
    pub(crate) file: PathBuf,
    pub(crate) line: Option<usize>,
    /// That line, with the place marked.
    pub(crate) excerpt: Option<String>,
    #[source]
    pub(crate) problem: Problem,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("it is a symbolic link that leads nowhere or into a repository")]
    Link,
    #[error("it cannot be read")]
    Unreadable(#[source] std::io::Error),
    #[error("it is not UTF-8")]
    NotUtf8,
    #[error("it is not TOML: {0}")]
    NotToml(String),
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        key: String,
        expected: &'static str,
        found: &'static str,
    },
    #[error("`{key}` {why}")]
    WrongValue { key: String, why: String },
    #[error("`{key}` is allowed only in the user's own settings")]
    UsersOnly { key: String },
}

/// What stands for a file where a variable is wrong.
pub(crate) const ENVIRONMENT: &str = "the environment";

impl ConfigError {
    /// Says what is wrong with a file as a whole.
    pub(super) fn of_file(file: &Path, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            excerpt: None,
            problem,
        }
    }
}

impl Problem {
    /// Returns what to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Link => "replace the link by the file".to_owned(),
            Self::UsersOnly { key } => format!("set it with `piton config set --user {key} …`"),
            Self::UnknownKey(UnknownKey {
                nearest: Some(key), ..
            }) => format!("did you mean `{key}`?"),
            Self::Unreadable(_)
            | Self::NotUtf8
            | Self::NotToml(_)
            | Self::UnknownKey(_)
            | Self::WrongType { .. }
            | Self::WrongValue { .. } => {
                "correct the file; `piton config show --origin` then lists what is set".to_owned()
            }
        }
    }
}

impl Layer {
    /// Reads the text of `file`; every key must exist and fit its kind.
    pub(crate) fn parse(file: &Path, bytes: &[u8]) -> Result<Self, ConfigError> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| ConfigError::of_file(file, Problem::NotUtf8))?;
        let refuse = |span: Option<Range<usize>>, problem| ConfigError {
            file: file.to_owned(),
            line: span.as_ref().map(|span| line_of(text, span.start)),
            excerpt: span.map(|span| marked(text, &span)),
            problem,
        };
        let document = Document::parse(text)
            .map_err(|error| refuse(error.span(), Problem::NotToml(error.message().to_owned())))?;
        let mut layer = Self::default();
        layer.walk(text, "", document.as_table(), &refuse)?;
        Ok(layer)
    }

    fn walk(
        &mut self,
        text: &str,
        prefix: &str,
        table: &dyn TableLike,
        refuse: &dyn Fn(Option<Range<usize>>, Problem) -> ConfigError,
    ) -> Result<(), ConfigError> {
        for (name, item) in table.iter() {
            let full = if prefix.is_empty() {
                name.to_owned()
            } else {
                format!("{prefix}.{name}")
            };
            let span = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .or_else(|| item.span());
            let line = span.clone().map_or(1, |span| line_of(text, span.start));
            if prefix == "agents" {
                // One agent's description is piton-agent's to understand.
                self.adapters.insert(name.to_owned(), item_text(item));
                continue;
            }
            if let Some(inner) = item.as_table_like() {
                self.walk(text, &full, inner, refuse)?;
                continue;
            }
            let key = Key::find(&full).map_err(|unknown| refuse(span.clone(), unknown.into()))?;
            let value = read(&key, item)
                .map_err(|problem| refuse(item.span().or_else(|| span.clone()), problem))?;
            self.values.insert(key, (value, line));
        }
        Ok(())
    }
}

/// Takes a value out of the file: strings and numbers as the kind wants them.
fn read(key: &Key, item: &Item) -> Result<Value, Problem> {
    let kind = key.kind();
    let written = match (kind, item.as_str(), item.as_integer()) {
        (Kind::Count | Kind::Money, None, Some(number)) => number.to_string(),
        (Kind::Money, None, None) if item.is_float() => {
            item.as_float().unwrap_or_default().to_string()
        }
        (Kind::Switch, None, None) if item.is_bool() => {
            item.as_bool().unwrap_or_default().to_string()
        }
        (Kind::Count | Kind::Money | Kind::Switch, _, _) | (_, None, _) => {
            return Err(Problem::WrongType {
                key: key.to_string(),
                expected: kind.toml_type(),
                found: item.type_name(),
            });
        }
        (_, Some(text), _) => text.to_owned(),
    };
    kind.parse(&written).map_err(|why| Problem::WrongValue {
        key: key.to_string(),
        why,
    })
}

/// Returns what stands in a table as a document of its own. A table that is
/// printed by itself leaves out the tables in it, and one of dotted keys is
/// printed with the table around it alone.
fn item_text(item: &Item) -> String {
    let mut table = match item {
        Item::Table(table) => table.clone(),
        Item::Value(toml_edit::Value::InlineTable(table)) => table.clone().into_table(),
        other => return other.to_string(),
    };
    table.set_dotted(false);
    DocumentMut::from(table).to_string()
}

/// Returns a line of the file with its number, and a caret below the place.
fn marked(text: &str, span: &Range<usize>) -> String {
    let number = line_of(text, span.start);
    let start = text.get(..span.start.min(text.len())).unwrap_or_default();
    let begins = start.rfind('\n').map_or(0, |at| at + 1);
    let line = text.lines().nth(number - 1).unwrap_or_default();
    let before = line.get(..start.len() - begins).unwrap_or(line);
    let indent = " ".repeat(columns(&before.replace('\t', " ")));
    let line = clean(&line.replace('\t', " ")).into_owned();
    let margin = number.to_string();
    let empty = " ".repeat(margin.len());
    format!("{margin} | {line}\n{empty} | {indent}^")
}

fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    text.get(..end)
        .map_or(1, |before| before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn refused(text: &str) -> String {
        let error = Layer::parse(Path::new("piton.toml"), text.as_bytes()).unwrap_err();
        format!("{error}: {}", error.source().unwrap())
    }

    #[test]
    fn a_file_gives_its_values_with_their_lines() {
        let text =
            "# ours\ntaste = \"t.md\"\n\n[runs]\nkeep = 3\n[models]\n\"planning.review\" = \"m\"\n";
        let layer = Layer::parse(Path::new("piton.toml"), text.as_bytes()).unwrap();
        let got: Vec<_> = layer
            .values
            .iter()
            .map(|(key, (value, line))| format!("{line} {key} = {value}"))
            .collect();
        assert_eq!(
            got,
            [
                "7 models.planning.review = m",
                "5 runs.keep = 3",
                "2 taste = t.md"
            ]
        );
    }

    #[test]
    fn a_description_of_an_agent_keeps_the_tables_in_it() {
        let text = "[agents.mine]\nprogram = \"mine\"\n\n[agents.mine.environment]\nallow = [\"KEY\"]\n\n[agents.mine.environment.set]\nA = \"b\"\n\n[[agents.mine.state]]\ndirectory = \".mine\"\n\n[agents.inline]\nenvironment = { allow = [\"KEY\"] }\n";
        let layer = Layer::parse(Path::new("piton.toml"), text.as_bytes()).unwrap();
        let table = |name: &str| layer.adapters[name].parse::<toml::Table>().unwrap();
        let mine = table("mine");
        assert_eq!(mine["environment"]["allow"][0].as_str(), Some("KEY"));
        assert_eq!(mine["environment"]["set"]["A"].as_str(), Some("b"));
        assert_eq!(mine["state"][0]["directory"].as_str(), Some(".mine"));
        assert_eq!(
            table("inline")["environment"]["allow"][0].as_str(),
            Some("KEY")
        );
    }

    #[test]
    fn a_description_of_an_agent_may_be_written_in_dotted_keys() {
        for text in [
            "agents.mine.program = \"mine\"\nrun.limit = \"wait\"\nagents.mine.environment.allow = [\"KEY\"]\n",
            "[agents]\nmine.program = \"mine\"\nmine.environment.allow = [\"KEY\"]\n",
            "[agents]\nmine = { program = \"mine\", environment.allow = [\"KEY\"] }\n",
            "agents = { mine = { program = \"mine\", environment = { allow = [\"KEY\"] } } }\n",
            "[agents.mine]\nprogram = \"mine\"\nenvironment.allow = [\"KEY\"]\n",
        ] {
            let layer = Layer::parse(Path::new("piton.toml"), text.as_bytes()).unwrap();
            let mine: toml::Table = layer.adapters["mine"].parse().unwrap();
            assert_eq!(mine["program"].as_str(), Some("mine"), "{text}");
            let allowed = &mine["environment"]["allow"][0];
            assert_eq!(allowed.as_str(), Some("KEY"), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_what_is_allowed() {
        assert_eq!(refused("a = 1\n"), "piton.toml, line 1: unknown key `a`");
        assert_eq!(
            refused("\n[agent]\nmodle = \"x\"\n"),
            "piton.toml, line 3: unknown key `agent.modle`"
        );
        assert_eq!(
            refused("[runs]\nkeep = \"many\"\n"),
            "piton.toml, line 2: `runs.keep` must be a whole number, not string"
        );
        assert_eq!(
            refused("taste = 3\n"),
            "piton.toml, line 1: `taste` must be a string, not integer"
        );
        assert_eq!(
            refused("[effort]\ndefault = \"huge\"\n"),
            "piton.toml, line 2: `effort.default` must be one of low, medium, high, xhigh"
        );
        assert!(refused("x = [\n").starts_with("piton.toml, line"));
        let error = Layer::parse(Path::new("piton.toml"), b"\xff").unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "it is not UTF-8");
    }
}
