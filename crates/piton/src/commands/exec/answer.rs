//! The one JSON object of an `exec` command, in the form that its callers know.

use std::io::Write;

use piton_base::ascii_json;
use serde_json::{Value as Json, json};

use crate::error::Exit;

/// An answer: its fields in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer(Vec<(&'static str, Json)>);

/// Whether an object is spread over lines.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layout {
    OneLine,
    Indented,
}

impl Answer {
    pub(super) fn success() -> Self {
        Self::default().with("success", true)
    }

    pub(super) fn failure() -> Self {
        Self::default().with("success", false)
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Json>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    fn render(&self, layout: Layout) -> String {
        let fields: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}: {}", json!(name), spaced(value)))
            .collect();
        ascii_json(&match layout {
            Layout::OneLine => format!("{{{}}}\n", fields.join(", ")),
            Layout::Indented => format!("{{\n  {}\n}}\n", fields.join(",\n  ")),
        })
    }

    /// Prints the answer on standard output and ends well.
    pub(super) fn print(&self, layout: Layout) -> Exit {
        // A reader that went away does not change how it ended.
        let _ = std::io::stdout().write_all(self.render(layout).as_bytes());
        Exit::Done
    }

    /// Prints the answer on standard error and ends with a failure.
    pub(super) fn print_failure(&self) -> Exit {
        let _ = std::io::stderr().write_all(self.render(Layout::OneLine).as_bytes());
        Exit::Failed
    }
}

/// Writes a value with blanks after commas and colons, as Python does.
fn spaced(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", json!(key), spaced(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Layout};

    #[test]
    fn answers_look_as_their_callers_know_them() {
        let answer = Answer::success()
            .with("issue_number", 42)
            .with("value", "é")
            .with("list", vec!["a", "b"]);
        assert_eq!(
            answer.render(Layout::OneLine),
            "{\"success\": true, \"issue_number\": 42, \"value\": \"\\u00e9\", \"list\": [\"a\", \"b\"]}\n"
        );
        assert!(
            answer
                .render(Layout::Indented)
                .starts_with("{\n  \"success\": true,\n")
        );
    }
}
