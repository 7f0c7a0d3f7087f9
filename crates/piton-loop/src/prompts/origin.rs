//! Where a template comes from.

use std::fmt;
use std::path::PathBuf;

/// Where a template comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateOrigin {
    BuiltIn(&'static str),
    Repository(PathBuf),
}

impl fmt::Display for TemplateOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(name) => write!(f, "{name} (built in)"),
            Self::Repository(path) => write!(f, "{}", path.display()),
        }
    }
}
