//! What a maintainer asks for in a comment on a plan.

use piton_migration::planning::FeedbackSource;

use crate::migrations::Decision;

/// What a maintainer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Approve,
    Refine(String),
    Reject(String),
}

impl Wish {
    /// Reads it at the very beginning of a comment.
    pub(super) fn read(comment: &str) -> Option<Self> {
        let rest = comment.trim_start().strip_prefix("/piton ")?;
        let (word, text) = rest
            .split_once(char::is_whitespace)
            .map_or((rest, ""), |(word, text)| (word, text.trim()));
        match word.trim() {
            "approve" if text.is_empty() => Some(Self::Approve),
            "refine" if !text.is_empty() => Some(Self::Refine(text.to_owned())),
            "reject" => Some(Self::Reject(if text.is_empty() {
                "a maintainer rejected it".to_owned()
            } else {
                text.to_owned()
            })),
            _ => None,
        }
    }

    pub(super) const fn decision(&self) -> Decision<'_> {
        match self {
            Self::Approve => Decision::Approve,
            Self::Refine(text) => Decision::Refine(FeedbackSource::Message, text.as_str()),
            Self::Reject(reason) => Decision::Reject(reason.as_str()),
        }
    }

    /// What the answer says once it is done.
    pub(super) const fn done(&self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Refine(_) => "recorded; the next planning step takes it up",
            Self::Reject(_) => "rejected",
        }
    }

    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refine(_) => "refine",
            Self::Reject(_) => "reject",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;

    #[test]
    fn a_wish_stands_at_the_beginning_of_a_comment() {
        assert_eq!(Wish::read("/piton approve\n"), Some(Wish::Approve));
        assert_eq!(
            Wish::read("/piton refine keep the old one\nand this"),
            Some(Wish::Refine("keep the old one\nand this".to_owned()))
        );
        assert!(matches!(Wish::read("/piton reject"), Some(Wish::Reject(_))));
        for text in [
            "> /piton approve",
            "please /piton approve",
            "/piton approved",
            "/piton approve it tomorrow",
            "/piton refine",
            "/pitonapprove",
        ] {
            assert_eq!(Wish::read(text), None, "{text}");
        }
    }
}
