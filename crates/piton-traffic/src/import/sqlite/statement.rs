//! The columns of a table, read out of the statement that made it.

/// The columns of a table.
pub(super) struct Form {
    pub(super) names: Vec<String>,
    /// Which column is the number of the row itself.
    pub(super) numbered: Option<usize>,
}

/// Reads the columns out of the statement that made a table.
pub(super) fn columns(sql: &str) -> Option<Form> {
    const RULES: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
    let sql = without_comments(sql);
    let inside = body(&sql)?;
    let mut form = Form {
        names: Vec::new(),
        numbered: None,
    };
    let mut whole_numbers = Vec::new();
    for definition in definitions(inside) {
        let definition = definition.trim();
        let (name, rest) = identifier(definition)?;
        let words = definition.to_ascii_uppercase();
        if !definition.starts_with(['"', '`', '[', '\''])
            && RULES.contains(&name.to_ascii_uppercase().as_str())
        {
            // `PRIMARY KEY (id)` of a whole number says the same.
            let key = words.split_once("PRIMARY KEY").map(|(_, rest)| rest.trim());
            let key = key.and_then(|key| key.strip_prefix('(')?.split(')').next());
            let key = key.map(|key| key.trim_matches(|c: char| "\"`[] ".contains(c)));
            let at = form
                .names
                .iter()
                .position(|one| Some(one.to_ascii_uppercase().as_str()) == key);
            form.numbered = form.numbered.or(at.filter(|at| whole_numbers.contains(at)));
            continue;
        }
        let mut rest = rest.to_ascii_uppercase();
        rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        if rest.split(' ').next() == Some("INTEGER") {
            whole_numbers.push(form.names.len());
            if rest.contains("PRIMARY KEY") {
                form.numbered = Some(form.names.len());
            }
        }
        form.names.push(name);
    }
    Some(form)
}

/// Returns what follows the first bracket that stands in no quotes.
fn body(sql: &str) -> Option<&str> {
    let mut quoted = None;
    for (at, c) in sql.char_indices() {
        match (quoted, c) {
            (Some(end), c) if c == end => quoted = None,
            (None, '(') => return Some(&sql[at + 1..]),
            (None, '"' | '`' | '\'') => quoted = Some(c),
            (None, '[') => quoted = Some(']'),
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// Cuts at commas that stand in no brackets and no quotes, up to the end.
fn definitions(inside: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut depth, mut quoted) = (0, None);
    for c in inside.chars() {
        match (quoted, c) {
            (Some(end), c) if c == end => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quoted = Some(c),
            (None, '[') => quoted = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => break,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                all.push(String::new());
                continue;
            }
            (None, _) => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all.retain(|definition| !definition.trim().is_empty());
    all
}

/// Takes the name at the beginning of a definition.
fn identifier(definition: &str) -> Option<(String, &str)> {
    let first = definition.chars().next()?;
    let end = match first {
        '"' | '`' | '\'' => first,
        '[' => ']',
        _ => {
            let length = definition.find(char::is_whitespace);
            let (name, rest) = definition.split_at(length.unwrap_or(definition.len()));
            let name = name.split('(').next().unwrap_or_default();
            return Some((name.to_owned(), rest));
        }
    };
    let (name, rest) = definition[first.len_utf8()..].split_once(end)?;
    Some((name.to_owned(), rest))
}

fn without_comments(sql: &str) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find(['-', '/', '\'', '"', '`']) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let end = match here.as_bytes() {
            [b'-', b'-', ..] => here.find('\n').unwrap_or(here.len()),
            [b'/', b'*', ..] => here.find("*/").map_or(here.len(), |end| end + 2),
            [quote @ (b'\'' | b'"' | b'`'), ..] => {
                let end = here[1..]
                    .find(char::from(*quote))
                    .map_or(here.len(), |end| end + 2);
                out.push_str(&here[..end]);
                end
            }
            _ => {
                out.push_str(&here[..1]);
                1
            }
        };
        rest = &here[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_a_table_are_read_out_of_its_statement() {
        let form = columns(
            "CREATE TABLE \"a, (b\" (\n id INTEGER PRIMARY KEY, -- (one, two)\n \"the day\" TEXT DEFAULT ',)',\n \
             [n] NUMERIC(10, 2), `x` /* , y INT */ INT, CHECK (n > 0), PRIMARY KEY (x), UNIQUE(n, x)\n) STRICT",
        );
        let form = form.unwrap();
        assert_eq!(
            (form.names.join("|"), form.numbered),
            ("id|the day|n|x".to_owned(), Some(0))
        );
        let form = columns(
            "CREATE TABLE repo_stats (repo_id INTEGER NOT NULL, date TEXT NOT NULL DEFAULT ',)', [n] NUMERIC(10, 2),\n\
             `x` /* , y INT */ INT, clones_count INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repo_id, date)\n -- FOREIGN KEY (repo_id)\n)",
        )
        .unwrap();
        assert_eq!(form.names, ["repo_id", "date", "n", "x", "clones_count"]);
        assert_eq!(form.numbered, None);
        let form =
            columns("CREATE TABLE t (\"id\" INTEGER, name TEXT, PRIMARY KEY (\"id\"))").unwrap();
        assert_eq!((form.names.len(), form.numbered), (2, Some(0)));
        let form = columns("CREATE TABLE t (a INT PRIMARY KEY, id integer  primary key)").unwrap();
        assert_eq!(form.numbered, Some(1));
    }
}
