//! Enums whose variants have words: in files, on the command line, in messages.

use std::fmt;

/// A text that is none of the words of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    what: &'static str,
    text: String,
    allowed: Vec<&'static str>,
}

impl UnknownWord {
    #[doc(hidden)]
    pub fn new(what: &'static str, text: &str, allowed: Vec<&'static str>) -> Self {
        let text = text.chars().take(80).collect();
        Self {
            what,
            text,
            allowed,
        }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, what) = (self.text.escape_debug(), self.what);
        let allowed = self.allowed.join(", ");
        write!(f, "`{text}` is not {what}; use one of {allowed}")
    }
}

impl std::error::Error for UnknownWord {}

/// Declares an enum with its words. It gets `ALL`, `as_str`, `Display`,
/// `FromStr` and serde's traits, which all use the words.
///
/// ```
/// piton_base::words! {
///     /// The sides of a coin.
///     #[derive(Hash)]
///     pub enum Side: "a side" {
///         Heads = "heads",
///         Tails = "tails",
///     }
/// }
/// assert_eq!("tails".parse(), Ok(Side::Tails));
/// let error = "edge".parse::<Side>().unwrap_err();
/// assert_eq!(error.to_string(), "`edge` is not a side; use one of heads, tails");
/// ```
#[macro_export]
macro_rules! words {
    (
        $(#[$about:meta])*
        $see:vis enum $name:ident: $what:literal {
            $($(#[$note:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $see enum $name {
            $($(#[$note])* $variant,)+
        }

        impl $name {
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the word used in files and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|one| one.as_str() == text);
                found.ok_or_else(|| $crate::UnknownWord::new($what, text, vec![$($word,)+]))
            }
        }

        impl $crate::private::serde::Serialize for $name {
            fn serialize<S: $crate::private::serde::Serializer>(
                &self,
                to: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::private::serde::Deserializer<'de>>(
                from: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as $crate::private::serde::Deserialize>::deserialize(from)?;
                text.parse().map_err($crate::private::serde::de::Error::custom)
            }
        }
    };
}
