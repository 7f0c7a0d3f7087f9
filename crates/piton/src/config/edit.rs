//! Changing one setting in a file, keeping its comments and order.

use toml_edit::{DocumentMut, Item, Table, value};

use super::key::{Key, SEAL};
use super::value::{Kind, Value};

/// Why a text cannot be edited.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditError {
    #[error("it is not TOML: {0}")]
    NotToml(String),
    #[error("`{0}` is a value, and a table is needed there")]
    NotATable(String),
    #[error("`{0}` is described in a table of its own; edit the file by hand")]
    ByHand(Key),
}

/// Returns `text` with `key` set; everything else stays as it was written.
pub(crate) fn set(text: &str, key: &Key, new: &Value) -> Result<String, EditError> {
    if key.kind() == Kind::Adapter {
        return Err(EditError::ByHand(key.clone()));
    }
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| EditError::NotToml(error.message().to_owned()))?;
    let mut segments = key.segments();
    if segments[0] == SEAL {
        seal_as_table(&mut document, &mut segments);
    }
    let Some((last, parents)) = segments.split_last() else {
        return Ok(text.to_owned());
    };
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for parent in parents {
        table = table
            .entry(parent)
            .or_insert_with(|| Item::Table(Table::new()))
            .as_table_like_mut()
            .ok_or_else(|| EditError::NotATable((*parent).to_owned()))?;
    }
    let text = new.written.as_str();
    let mut item = match key.kind() {
        Kind::Count => text.parse::<i64>().map_or_else(|_| value(text), value),
        Kind::Money => {
            let amount = text.trim_start_matches('$').parse::<f64>();
            amount.map_or_else(|_| value(text), value)
        }
        Kind::Switch => value(text == "true"),
        Kind::Text
        | Kind::RepoPath
        | Kind::Words
        | Kind::Choice(_)
        | Kind::Duration
        | Kind::Size
        | Kind::Adapter => value(text),
    };
    // The white space and the comment behind the old value stay.
    match (table.get_mut(last), item.as_value_mut()) {
        (Some(Item::Value(old)), Some(new)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new.clone();
        }
        _ => {
            table.insert(last, item);
        }
    }
    Ok(document.to_string())
}

/// `seal = "…"` and `[seal]` cannot both stand in a file: the word moves into
/// the table when there has to be one.
fn seal_as_table(document: &mut DocumentMut, segments: &mut Vec<&str>) {
    let word = document.get(SEAL).and_then(Item::as_value).cloned();
    match (word, segments.len()) {
        (Some(word), 2..) => {
            let mut table = Table::new();
            table.insert("use", Item::Value(word));
            document.insert(SEAL, Item::Table(table));
        }
        (None, 1) if document.contains_key(SEAL) => segments.push("use"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, name: &str, written: &str) -> String {
        let key = Key::find(name).unwrap();
        let value = key.kind().parse(written).unwrap();
        set(text, &key, &value).unwrap()
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# top\nzeta-is-not-a-key = 1 # odd\ntaste = \"a\" # why\n\n[agent] # who\nuse = \"codex\"\n";
        assert_eq!(
            edited(text, "taste", "b"),
            text.replace("taste = \"a\"", "taste = \"b\"")
        );
        assert_eq!(
            edited(text, "agent.model", "m"),
            format!("{text}model = \"m\"\n")
        );
        assert_eq!(
            edited(text, "runs.keep", "7"),
            format!("{text}\n[runs]\nkeep = 7\n")
        );
        assert_eq!(
            edited("", "models.planning.review", "m"),
            "[models]\n\"planning.review\" = \"m\"\n"
        );
    }

    #[test]
    fn the_seal_is_a_word_until_it_has_to_be_a_table() {
        let word = edited("", "seal", "off");
        assert_eq!(word, "seal = \"off\"\n");
        assert_eq!(edited(&word, "seal", "auto"), "seal = \"auto\"\n");
        let table = edited(&word, "seal.network", "off");
        assert_eq!(table, "[seal]\nuse = \"off\"\nnetwork = \"off\"\n");
        assert_eq!(
            edited(&table, "seal", "require"),
            "[seal]\nuse = \"require\"\nnetwork = \"off\"\n"
        );
    }

    #[test]
    fn a_value_where_a_table_belongs_is_refused() {
        let key = Key::find("agent.model").unwrap();
        let value = key.kind().parse("m").unwrap();
        assert!(matches!(
            set("agent = 1\n", &key, &value),
            Err(EditError::NotATable(_))
        ));
    }
}
