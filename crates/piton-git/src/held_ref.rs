//! The names of references of piton's own in the user's repository.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use piton_base::Digest;

const BASE: &str = "refs/piton/base/";
const UNLANDED: &str = "refs/piton/unlanded/";

/// A reference below `refs/piton/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldRef(String);

/// A name that a reference cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot name work; use letters, digits, `-`, `_` and single dots inside")]
pub struct InvalidName(String);

impl HeldRef {
    /// Names what keeps the commit of the slot at `path`.
    pub(crate) fn base(path: &Path) -> Self {
        let digest = Digest::of(path.as_os_str().as_bytes());
        Self(format!("{BASE}{}", digest.short()))
    }

    /// Names work that was accepted and has not landed.
    pub fn unlanded(name: &str) -> Result<Self, InvalidName> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let good = !name.is_empty()
            && name.len() <= 200
            && name.chars().all(plain)
            && !name.starts_with(['.', '-'])
            && !name.ends_with('.')
            && !name.contains("..")
            && Path::new(name).extension().is_none_or(|end| end != "lock");
        if good {
            Ok(Self(format!("{UNLANDED}{name}")))
        } else {
            Err(InvalidName(name.to_owned()))
        }
    }

    /// Takes the name of a reference that was found, if it holds work.
    pub(crate) fn of_work(name: String) -> Option<Self> {
        name.starts_with(UNLANDED).then_some(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the work, if this holds work.
    pub fn work(&self) -> Option<&str> {
        self.0.strip_prefix(UNLANDED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_git_takes_name_work() {
        assert_eq!(
            HeldRef::unlanded("add-api.20260601").unwrap().as_str(),
            "refs/piton/unlanded/add-api.20260601"
        );
        for wrong in [
            "", "a/b", "..", ".a", "a.", "a..b", "a.lock", "-d", "a b", "a\n",
        ] {
            assert!(HeldRef::unlanded(wrong).is_err(), "{wrong:?}");
        }
    }
}
