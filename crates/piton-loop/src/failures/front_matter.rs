//! The head of a snapshot: YAML whose every value is a JSON scalar.

use std::fmt;

/// One value of the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    Text(String),
    Integer(i64),
    Bool(bool),
}

impl Scalar {
    /// What is not known is the empty text.
    pub fn optional(text: Option<&str>) -> Self {
        Self::Text(text.unwrap_or_default().to_owned())
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&json_ascii(text)),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
        }
    }
}

/// A JSON string in ASCII alone, as everything else of this format is.
fn json_ascii(text: &str) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        match c {
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_scalars_in_ascii() {
        assert_eq!(
            Scalar::from("a\"\n\u{e9}\u{1f600}\u{7f}").to_string(),
            r#""a\"\n\u00e9\ud83d\ude00\u007f""#
        );
        assert_eq!(Scalar::optional(None).to_string(), "\"\"");
        assert_eq!(Scalar::Integer(3).to_string(), "3");
        assert_eq!(Scalar::Bool(false).to_string(), "false");
    }
}
