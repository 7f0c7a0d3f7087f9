//! One request: a reading [`Get`], or a [`Change`] with what is known about
//! doing it twice.

use std::fmt;

use serde_json::Value;

/// The most elements that GitHub puts on a page.
pub(crate) const PAGE: u32 = 100;

/// The form in which an answer is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accept {
    #[default]
    Json,
    /// A file's own bytes.
    Raw,
    /// Stargazers with the moments at which they came.
    StarJson,
}

impl Accept {
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/vnd.github+json",
            Self::Raw => "application/vnd.github.raw+json",
            Self::StarJson => "application/vnd.github.star+json",
        }
    }
}

/// A path below the base address. Every piece of it is escaped: no text can
/// reach another endpoint.
#[derive(Clone, Debug)]
pub struct Path(String);

impl<'a, P: IntoIterator<Item = &'a &'a str>> From<P> for Path {
    fn from(pieces: P) -> Self {
        let escaped = pieces
            .into_iter()
            .map(|piece| format!("/{}", escape(piece)));
        Self(escaped.collect())
    }
}

/// A request that reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Get {
    path: String,
    query: Vec<(String, String)>,
    pub(crate) accept: Accept,
}

impl Get {
    pub fn new(path: impl Into<Path>) -> Self {
        Self::from_target(path.into().0, Accept::Json)
    }

    /// Takes the target of a link that the server itself gave, already escaped.
    pub(crate) fn from_target(target: String, accept: Accept) -> Self {
        Self {
            path: target,
            query: Vec::new(),
            accept,
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a value where there is one.
    #[must_use]
    pub(crate) fn with_any(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Asks for a listing in pages as large as GitHub gives them.
    #[must_use]
    pub(crate) fn in_full_pages(self) -> Self {
        self.with("per_page", PAGE)
    }

    /// Asks for a listing whose newest elements come first.
    #[must_use]
    pub(crate) fn newest_first(self) -> Self {
        self.with("sort", "created")
            .with("direction", "desc")
            .in_full_pages()
    }

    #[must_use]
    pub(crate) fn accepting(mut self, accept: Accept) -> Self {
        self.accept = accept;
        self
    }

    /// Returns path and query, escaped, beginning with `/`.
    pub(crate) fn target(&self) -> String {
        let mut target = self.path.clone();
        for (name, value) in &self.query {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&escape(name));
            target.push('=');
            target.push_str(&escape(value));
        }
        target
    }
}

piton_base::words! {
    pub(crate) enum Method: "a method" {
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

/// What may be done when nobody knows whether a change was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Doing it twice comes to the same as doing it once, whoever writes in
    /// between.
    Freely,
    /// It is sent again only where it certainly was not done.
    Never,
}

/// A request that changes something.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub(crate) method: Method,
    path: String,
    pub(crate) body: Option<Value>,
    pub(crate) repeat: Repeat,
}

impl Change {
    pub(crate) fn new(method: Method, repeat: Repeat, path: impl Into<Path>) -> Self {
        Self {
            method,
            path: path.into().0,
            body: None,
            repeat,
        }
    }

    /// A creation, which is never sent twice blindly.
    pub(crate) fn post(path: impl Into<Path>, body: Value) -> Self {
        Self::new(Method::Post, Repeat::Never, path).with_body(body)
    }

    #[must_use]
    pub(crate) fn with_body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) fn target(&self) -> &str {
        &self.path
    }
}

/// Escapes everything but the unreserved characters; a piece that is only dots
/// is escaped too, because a server may read it as a step upwards.
fn escape(text: &str) -> String {
    let dots = !text.is_empty() && text.bytes().all(|b| b == b'.');
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~');
        if plain || (byte == b'.' && !dots) {
            out.push(char::from(byte));
        } else {
            use fmt::Write;
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_reaches_another_endpoint() {
        assert_eq!(
            Get::new(&["repos", "a/../b", "..", "x?y#z é"]).target(),
            "/repos/a%2F..%2Fb/%2E%2E/x%3Fy%23z%20%C3%A9"
        );
    }

    #[test]
    fn a_query_is_escaped_and_keeps_its_order() {
        let get = Get::new(&["gists"]).with("b", "1&2").with("a", 3);
        assert_eq!(get.target(), "/gists?b=1%262&a=3");
        let next = Get::from_target("/gists?page=2".to_owned(), Accept::Json).with("a", 3);
        assert_eq!(next.target(), "/gists?page=2&a=3");
    }
}
