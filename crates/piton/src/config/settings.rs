//! All settings as rows of a table, for the reference.

use super::key::OPEN;
use super::known::KNOWN;
use super::value::Kind;

/// One setting, or a table with an entry for each role or name.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// What may be written, in Markdown.
    pub(crate) value: String,
    pub(crate) default: Option<&'static str>,
    pub(crate) describes: &'static str,
}

/// Returns all of them, in the order in which they are shown.
pub(crate) fn all() -> impl Iterator<Item = Row> {
    let known = KNOWN.iter().map(|key| Row {
        name: key.name.to_owned(),
        value: written(key.kind),
        default: key.default,
        describes: key.describes,
    });
    let open = OPEN.iter().map(|open| Row {
        name: open.pattern(),
        value: written(open.kind),
        default: None,
        describes: open.describes,
    });
    known.chain(open)
}

fn written(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::RepoPath => "a path in the repository".to_owned(),
        Kind::Words => "words".to_owned(),
        Kind::Choice(choices) => {
            let choices: Vec<String> = choices.iter().map(|c| format!("`{c}`")).collect();
            choices.join(", ")
        }
        Kind::Duration => "a time, as `90s`, `5m`, `2h`, `30d`".to_owned(),
        Kind::Count => "a number".to_owned(),
        Kind::Size => "a size, as `100MB`".to_owned(),
        Kind::Money => "dollars, as `2.50`".to_owned(),
        Kind::Switch => "`true`, `false`".to_owned(),
        Kind::Adapter => "a table, see [agents](agents.md)".to_owned(),
    }
}
