//! Keeping known secrets out of what is stored.

use std::fmt;

const MASK: &[u8] = b"[redacted]";

/// Shorter values are words that a text may well contain by chance.
const SHORTEST: usize = 6;

/// Replaces known secrets in a stream of bytes that comes in pieces.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Longest first, so that a secret that begins like another one is found whole.
    secrets: Vec<Vec<u8>>,
    first: Vec<u8>,
    longest: usize,
}

/// One stream being redacted.
#[derive(Clone, Debug)]
pub struct Redacting<'a> {
    redactor: &'a Redactor,
    held: Vec<u8>,
}

impl Redactor {
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<Vec<u8>> = Vec::new();
        for secret in secrets {
            let secret = secret.trim();
            // A secret of several lines, such as a key file, comes out of an
            // agent as lines or with its line breaks escaped: each line counts.
            let lines = secret.lines().map(str::trim);
            for part in lines.filter(|part| part.len() >= SHORTEST) {
                let escaped = serde_json::to_string(part).unwrap_or_default();
                known.push(escaped.trim_matches('"').as_bytes().to_vec());
                known.push(part.as_bytes().to_vec());
            }
        }
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
        let mut first: Vec<u8> = known.iter().map(|secret| secret[0]).collect();
        first.sort_unstable();
        first.dedup();
        let longest = known.first().map_or(0, Vec::len);
        Self {
            secrets: known,
            first,
            longest,
        }
    }

    pub fn stream(&self) -> Redacting<'_> {
        Redacting {
            redactor: self,
            held: Vec::new(),
        }
    }

    /// Redacts a whole text.
    pub fn text(&self, text: &str) -> String {
        let mut stream = self.stream();
        let mut out = Vec::new();
        stream.feed(text.as_bytes(), &mut out);
        stream.finish(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn found_at<'a>(&'a self, bytes: &[u8]) -> Option<&'a Vec<u8>> {
        self.secrets.iter().find(|secret| bytes.starts_with(secret))
    }

    /// Tells whether more bytes could still make these a secret.
    fn may_begin(&self, bytes: &[u8]) -> bool {
        bytes.len() < self.longest && self.secrets.iter().any(|secret| secret.starts_with(bytes))
    }
}

impl Redacting<'_> {
    /// Takes a piece and appends what is safe to pass on; a possible beginning
    /// of a secret is held back until the next piece tells.
    pub fn feed(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.redactor.secrets.is_empty() {
            out.extend_from_slice(piece);
            return;
        }
        let joined;
        let bytes = if self.held.is_empty() {
            piece
        } else {
            self.held.extend_from_slice(piece);
            joined = std::mem::take(&mut self.held);
            &joined[..]
        };
        let held_from = self.scan(bytes, out, false);
        self.held = bytes[held_from..].to_vec();
    }

    /// Appends what was held back.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        self.scan(&held, out, true);
    }

    /// Passes bytes on, and returns where the part to hold back begins.
    fn scan(&self, bytes: &[u8], out: &mut Vec<u8>, last: bool) -> usize {
        let mut copied = 0;
        let mut at = 0;
        while let Some(next) = bytes[at..]
            .iter()
            .position(|byte| self.redactor.first.contains(byte))
        {
            at += next;
            if !last && self.redactor.may_begin(&bytes[at..]) {
                out.extend_from_slice(&bytes[copied..at]);
                return at;
            }
            if let Some(secret) = self.redactor.found_at(&bytes[at..]) {
                out.extend_from_slice(&bytes[copied..at]);
                out.extend_from_slice(MASK);
                at += secret.len();
                copied = at;
            } else {
                at += 1;
            }
        }
        out.extend_from_slice(&bytes[copied..]);
        bytes.len()
    }
}

// A list of secrets must not turn up in a log because somebody printed it.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redactor() -> Redactor {
        Redactor::new([
            "aabaac".to_owned(),
            "aabaacdd".to_owned(),
            "abc".to_owned(),
            "line one\nline two\n".to_owned(),
        ])
    }

    #[test]
    fn secrets_disappear_and_everything_else_stays() {
        let check = |text: &str, expected: &str| assert_eq!(redactor().text(text), expected);
        check(
            "x aabaac y aabaacdd aaabaac",
            "x [redacted] y [redacted] a[redacted]",
        );
        check("too short: abc", "too short: abc");
        check("line one\\nline two", "[redacted]\\n[redacted]");
        check("aabaa", "aabaa");
    }

    #[test]
    fn a_secret_with_a_quote_is_found_in_json_too() {
        let redactor = Redactor::new(["pass\"word".to_owned()]);
        assert_eq!(
            redactor.text(r#"{"t":"pass\"word"}"#),
            r#"{"t":"[redacted]"}"#
        );
    }

    #[test]
    fn printing_a_redactor_shows_no_secret() {
        assert_eq!(
            format!("{:?}", Redactor::new(["hunter22".to_owned()])),
            "Redactor(1 secrets)"
        );
    }

    proptest! {
        #[test]
        fn cutting_the_stream_changes_nothing(
            text in "[abcd]{0,60}", cuts in proptest::collection::vec(1usize..7, 1..12),
        ) {
            let redactor = redactor();
            let mut stream = redactor.stream();
            let mut out = Vec::new();
            let mut rest = text.as_bytes();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                stream.feed(piece, &mut out);
                rest = after;
            }
            stream.finish(&mut out);
            let out = String::from_utf8(out).unwrap();
            prop_assert_eq!(&out, &redactor.text(&text));
            prop_assert!(!out.contains("aabaac"));
        }
    }
}
