//! Types that are read and shown as text, and stored as it.

/// Gives a type with `FromStr` and `Display` its ways through `String`, which
/// serde takes where it says `#[serde(try_from = "String", into = "String")]`:
/// nothing that is read gets past the one constructor.
#[macro_export]
macro_rules! through_text {
    ($name:ty) => {
        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = <$name as ::std::str::FromStr>::Err;

            fn try_from(text: ::std::string::String) -> ::std::result::Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(value: $name) -> Self {
                ::std::string::ToString::to_string(&value)
            }
        }
    };
}

/// Lets a type that holds a text be taken and shown as that text.
#[macro_export]
macro_rules! holds_text {
    ($name:ty) => {
        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}
