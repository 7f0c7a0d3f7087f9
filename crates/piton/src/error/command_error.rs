//! The one error that a command ends with.

use std::error::Error;
use std::fmt;

use serde_json::{Value, json};

use super::kind::ErrorKind;

/// What was attempted, why not, and what to do next.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: ErrorKind,
    /// What was attempted, on what: reads well after "error: ".
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    beside: Box<Beside>,
}

/// What may stand beside an error's message.
#[derive(Debug, Default)]
struct Beside {
    /// Reasons that stand beside one another.
    details: Vec<String>,
    hints: Vec<String>,
    /// What was given and is wrong, and what was perhaps meant instead.
    argument: Option<String>,
    suggestion: Option<String>,
    /// The lines of a file that it is about, the place marked.
    excerpt: Option<String>,
    /// Where everything about it is.
    record: Option<String>,
}

/// Ends many messages; what happened comes before it.
const UNCHANGED: &str = "; nothing was changed";

/// Writes a text after a mark, with its further lines below its first.
fn format_block(mark: &str, text: &str) -> String {
    let indent = " ".repeat(mark.len());
    format!("{mark}{}\n", text.replace('\n', &format!("\n{indent}")))
}

/// Takes "read PATH: " away from the beginning of a cause where what was said
/// before names that file already.
fn without_named_file<'a>(cause: &'a str, said: &str) -> &'a str {
    let Some((attempt, rest)) = cause.split_once(": ") else {
        return cause;
    };
    let Some((_, path)) = attempt.rsplit_once(' ') else {
        return cause;
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    let names_it = |word: &str| {
        let word = word.trim_matches(['`', '"', ':', ';', ',']);
        path.contains('/') && !name.is_empty() && word.ends_with(name) && path.ends_with(word)
    };
    if said.split_whitespace().any(names_it) {
        rest
    } else {
        cause
    }
}

impl CommandError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            beside: Box::default(),
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, message)
    }

    fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// A plan that could not be made is a fault of piton's own.
    pub(crate) fn no_plan() -> Self {
        Self::internal("could not make a plan")
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds one of several reasons that stand beside one another.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.beside.details.push(detail.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.beside.hints.push(hint.into());
        self
    }

    pub(crate) fn hints(mut self, hints: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.beside.hints.extend(hints.into_iter().map(Into::into));
        self
    }

    /// Names what was given and is wrong.
    pub(crate) fn argument(mut self, argument: impl Into<String>) -> Self {
        self.beside.argument = Some(argument.into());
        self
    }

    /// Names what was perhaps meant, where something comes near.
    pub(crate) fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        if let Some(suggestion) = suggestion.map(Into::into) {
            self.beside
                .hints
                .push(format!("did you mean `{suggestion}`?"));
            self.beside.suggestion = Some(suggestion);
        }
        self
    }

    /// Shows the lines of a file that it is about.
    pub(crate) fn excerpt(mut self, excerpt: Option<String>) -> Self {
        self.beside.excerpt = excerpt;
        self
    }

    /// Says where everything about it is.
    pub(crate) fn record(mut self, record: Option<String>) -> Self {
        self.beside.record = record;
        self
    }

    /// Tells whether there was no room on the disk for what was attempted.
    pub(crate) fn is_full_disk(&self) -> bool {
        let mut next = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = next {
            let full = error
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::StorageFull);
            if full || error.to_string().contains("No space left on device") {
                return true;
            }
            next = error.source();
        }
        false
    }

    /// Returns the reasons, outermost first. A source that repeats the one
    /// above it adds nothing and is left out.
    fn causes(&self) -> Vec<String> {
        let mut causes = self.beside.details.clone();
        let mut next = self.source.as_deref().map(|source| source as &dyn Error);
        let mut said = self.message.clone();
        while let Some(error) = next {
            let text = error.to_string();
            if !causes.last().is_some_and(|last| last.contains(&text)) {
                let text = without_named_file(&text, &said).to_owned();
                said.push(' ');
                said.push_str(&text);
                causes.push(text);
            }
            next = error.source();
        }
        causes
    }

    /// Returns the error with its causes on one line.
    pub(crate) fn on_one_line(&self) -> String {
        let mut line = self.message.clone();
        for cause in self.causes() {
            line.push_str(": ");
            line.push_str(&cause.replace('\n', "; "));
        }
        line
    }

    /// Returns what to do about it, on one line.
    pub(crate) fn way_out(&self) -> String {
        self.beside.hints.join("; ").replace("?; ", "? ")
    }

    /// Returns the error as lines for people: what happened, what to do about
    /// it, and where the record is.
    pub(crate) fn text(&self) -> String {
        let causes = self.causes();
        let several = self.beside.details.len() > 1;
        let (told, ending) = match self.message.strip_suffix(UNCHANGED) {
            Some(told) => (told, UNCHANGED),
            None => (&*self.message, ""),
        };
        let mut line = format!("error: {told}");
        let mut below = String::new();
        for (at, cause) in causes.iter().enumerate() {
            if several && at < self.beside.details.len() {
                below.push_str(&format_block("  - ", cause));
            } else if cause.contains('\n') {
                below.push_str(&format_block("  ", cause.trim_end()));
            } else {
                line.push_str(": ");
                line.push_str(cause);
            }
        }
        let mut text = format!("{line}{ending}\n{below}");
        if let Some(excerpt) = &self.beside.excerpt {
            text.push_str(&format_block("  ", excerpt));
        }
        if self.beside.hints.len() > 2 {
            for hint in &self.beside.hints {
                text.push_str(&format_block("  hint: ", hint));
            }
        } else if !self.beside.hints.is_empty() {
            text.push_str(&format_block("  hint: ", &self.way_out()));
        }
        if let Some(record) = &self.beside.record {
            text.push_str(&format_block("  record: ", record));
        }
        text
    }

    /// Returns what stands beside the result in a document.
    pub(crate) fn json(&self) -> Value {
        let mut error = json!({
            "kind": self.kind,
            "message": self.message,
            "causes": self.causes(),
            "hints": self.beside.hints,
        });
        for (name, value) in [
            ("argument", &self.beside.argument),
            ("suggestion", &self.beside.suggestion),
            ("excerpt", &self.beside.excerpt),
            ("record", &self.beside.record),
        ] {
            if let Some(value) = value {
                error[name] = value.as_str().into();
            }
        }
        error
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_file_is_named_once() {
        let read = |message: &str, path: &str| {
            let cause = format!("read {path}: no such file");
            CommandError::usage(message)
                .with_source(io::Error::other(cause))
                .text()
        };
        assert_eq!(
            read("could not use the plan p.json", "/r/p.json"),
            "error: could not use the plan p.json: no such file\n"
        );
        assert_eq!(
            read("could not read /r/p.json", "/r/p.json"),
            "error: could not read /r/p.json: no such file\n"
        );
        assert_eq!(
            read("could not use the plan p.json", "/r/other.json"),
            "error: could not use the plan p.json: read /r/other.json: no such file\n"
        );
    }

    #[test]
    fn an_error_tells_the_attempt_the_reasons_and_the_way_on() {
        let error = CommandError::usage("could not read x; nothing was changed")
            .with_source(io::Error::other("the disk is gone"))
            .hint("get another")
            .record(Some("`piton runs show 7`".to_owned()));
        assert_eq!(
            error.text(),
            "error: could not read x: the disk is gone; nothing was changed\n  \
             hint: get another\n  record: `piton runs show 7`\n"
        );
        let error = CommandError::usage("could not use it")
            .with_source(io::Error::other("line 1\n  ^"))
            .excerpt(Some("1 | a\n  | ^".to_owned()))
            .detail("one")
            .detail("two");
        assert_eq!(
            error.text(),
            "error: could not use it\n  - one\n  - two\n  line 1\n    ^\n  1 | a\n    | ^\n"
        );
        assert_eq!(error.json()["kind"], "usage");
    }
}
