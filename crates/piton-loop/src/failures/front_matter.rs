//! The head of a snapshot: YAML whose every value is a JSON scalar.

use std::fmt;

use piton_base::ascii_json;

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
            Self::Text(text) => f.write_str(&ascii_json(
                &serde_json::Value::from(text.as_str()).to_string(),
            )),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
        }
    }
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
