//! The results of a command that performs plan after plan.
//!
//! A run of a night performs hundreds of plans: all results but the last are in
//! a file without a name, and are read from it one by one when the document is
//! printed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, Write};

use serde_json::{Map, Value};

/// What a script looks for first, taken over from the last of several results.
const BY_NAME: [&str; 5] = ["slug", "run", "commit", "status", "next"];

/// Stands in a document for the results, until it is printed.
const PLACE: &str = "\u{0}results";

/// What was gathered so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The one that may still grow.
    last: Option<Value>,
    earlier: Earlier,
    named: Map<String, Value>,
}

/// Results in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    count: usize,
    /// A result a line.
    file: Option<File>,
    /// Those that no file could be had for.
    kept: Vec<String>,
}

impl Gathered {
    pub(super) fn push(&mut self, result: Value) {
        if let Some(earlier) = self.last.replace(result) {
            self.put_away(&earlier);
        }
    }

    /// Adds fields to the last one.
    pub(super) fn amend(&mut self, fields: Value) {
        let last = self.last.get_or_insert_with(|| Map::new().into());
        if let (Value::Object(last), Value::Object(fields)) = (last, fields) {
            last.extend(fields);
        }
    }

    /// Makes one result of all, and gives the many that stand in it.
    pub(super) fn joined(mut self, series: bool) -> (Option<Value>, Earlier) {
        if !series && self.earlier.count == 0 {
            return (self.last, self.earlier);
        }
        if let Some(last) = self.last.take() {
            self.put_away(&last);
        }
        let mut result = Map::new();
        for name in BY_NAME {
            if let Some(value) = self.named.remove(name) {
                result.insert(name.to_owned(), value);
            }
        }
        result.insert("steps".to_owned(), PLACE.into());
        (Some(result.into()), self.earlier)
    }

    /// Gives the results away; they are printed where the value stands.
    pub(super) fn into_earlier(mut self) -> (Value, Earlier) {
        if let Some(last) = self.last.take() {
            self.put_away(&last);
        }
        (PLACE.into(), self.earlier)
    }

    fn put_away(&mut self, result: &Value) {
        for name in BY_NAME {
            if let Some(value) = result.get(name) {
                self.named.insert(name.to_owned(), value.clone());
            }
        }
        self.earlier.add(&result.to_string());
    }
}

impl Earlier {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, line: &str) {
        self.count += 1;
        // Once one could not be written, the order is kept only in here.
        if self.kept.is_empty() && self.write(line).is_ok() {
            return;
        }
        self.kept.push(line.to_owned());
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let before = file.stream_position()?;
        let written = file.write_all(format!("{line}\n").as_bytes());
        if written.is_err() {
            // Half a line is none.
            file.set_len(before)?;
            file.seek(io::SeekFrom::Start(before))?;
        }
        written
    }

    /// Prints a document with the results where they stand in it.
    pub(super) fn print(self, document: &Value, mut out: impl FnMut(&str)) -> io::Result<()> {
        let text = format!("{document:#}\n");
        let place = Value::from(PLACE).to_string();
        let Some((before, after)) = text.split_once(&place) else {
            out(&text);
            return Ok(());
        };
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        out(before);
        if self.count == 0 {
            out("[]");
        } else {
            out("[");
            let separated = |n: usize| if n == 0 { "\n" } else { ",\n" };
            let mut printed = 0;
            let mut one = |line: &str| {
                let value: Value = serde_json::from_str(line)?;
                let shown = indented(&format!("{value:#}"), indent + 2);
                out(&format!("{}{shown}", separated(printed)));
                printed += 1;
                io::Result::Ok(())
            };
            if let Some(mut file) = self.file {
                file.rewind()?;
                for line in BufReader::new(file).lines() {
                    one(&line?)?;
                }
            }
            self.kept.iter().try_for_each(|line| one(line))?;
            out(&format!("\n{:indent$}]", ""));
        }
        out(after);
        Ok(())
    }
}

/// Moves every line of a text to the right.
fn indented(text: &str, by: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("{:by$}{line}", ""))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(document: &Value, earlier: Earlier) -> String {
        let mut text = String::new();
        earlier.print(document, |part| text.push_str(part)).unwrap();
        text
    }

    #[test]
    fn many_results_are_printed_as_if_they_had_been_in_one_document() {
        for count in [0, 1, 3] {
            let mut gathered = Gathered::default();
            for n in 0..count {
                gathered.push(json!({ "run": n, "text": "a\nb" }));
                gathered.amend(json!({ "status": "ready" }));
            }
            let (result, earlier) = gathered.joined(true);
            let steps: Vec<Value> = (0..count)
                .map(|n| json!({ "run": n, "text": "a\nb", "status": "ready" }))
                .collect();
            let mut whole = json!({});
            if count > 0 {
                whole = json!({ "run": count - 1, "status": "ready" });
            }
            whole["steps"] = steps.into();
            let text = printed(&json!({ "exit": 0, "result": result }), earlier);
            let expected = json!({ "exit": 0, "result": whole });
            assert_eq!(text, format!("{expected:#}\n"));
        }
    }

    #[test]
    fn one_result_stands_alone_and_results_that_nobody_picked_are_not_printed() {
        let mut gathered = Gathered::default();
        gathered.push(json!({ "a": 1 }));
        let (result, earlier) = gathered.joined(false);
        assert_eq!(result, Some(json!({ "a": 1 })));
        assert_eq!(earlier.count, 0);
        let mut gathered = Gathered::default();
        gathered.push(json!({ "a": 1 }));
        let (_, earlier) = gathered.into_earlier();
        assert_eq!(printed(&json!({ "b": 2 }), earlier), "{\n  \"b\": 2\n}\n");
    }
}
