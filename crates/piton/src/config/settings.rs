//! All settings as they are told of, for pages about the program.

use super::key::OPEN;
use super::known::KNOWN;
use super::value::Kind;

/// One setting, or a table with an entry for each role or name.
#[derive(Debug)]
pub struct Setting {
    pub name: String,
    /// What may be written, in Markdown.
    pub value: String,
    pub default: Option<&'static str>,
    pub describes: &'static str,
}

/// Returns all of them, in the order in which they are shown.
pub fn settings() -> impl Iterator<Item = Setting> {
    let known = KNOWN.iter().map(|key| Setting {
        name: key.name.to_owned(),
        value: written(key.kind),
        default: key.default,
        describes: key.describes,
    });
    let open = OPEN.iter().map(|open| Setting {
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
