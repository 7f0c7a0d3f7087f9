//! Stage references: where the planning record says an output is.
//!
//! A reference is a path relative to the project root that points at the
//! *published* place, `<migrations dir>/<slug>/…`, even while the file is
//! elsewhere. So it is taken apart here without a disk: what counts is the
//! tail below the slug, which is looked up in whatever directory holds the
//! migration just now.

use std::io;

use thiserror::Error;

use crate::json::surrogate::carries_half;

/// The published place of a migration, relative to the project root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    live_dir: Vec<String>,
    slug: String,
}

impl Home {
    /// Describes the place: the migrations directory relative to the project
    /// root, with `/` between its components, and the slug in it.
    pub fn new(live_dir: &str, slug: &str) -> Self {
        Self {
            live_dir: components(live_dir).map(str::to_owned).collect(),
            slug: slug.to_owned(),
        }
    }

    /// Returns the reference to a file of the migration.
    pub fn reference(&self, tail: &str) -> String {
        let mut parts: Vec<_> = self.live_dir.iter().map(String::as_str).collect();
        parts.push(&self.slug);
        parts.push(tail);
        parts.join("/")
    }
}

/// A reference that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRef {
    tail: String,
    moved: bool,
}

/// Why a reference cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReferenceFault {
    #[error("is empty")]
    Empty,
    #[error("is absolute; references are relative to the project root")]
    Absolute,
    #[error("holds a `..` component")]
    Parent,
    #[error("holds a character that no file name can hold")]
    Unwritable,
    #[error("points outside the migration")]
    Outside,
    #[error("points at nothing")]
    Missing,
    #[error("points at something that is not a regular file")]
    NotRegular,
    #[error("leads through a link")]
    Link,
    #[error("cannot be looked up ({0:?})")]
    Unreadable(io::ErrorKind),
}

/// A reference in the planning record that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "output of completed step {}, `{}`, {fault}",
    .index + 1, .reference.escape_debug()
)]
pub struct ReferenceError {
    pub index: usize,
    pub reference: String,
    pub fault: ReferenceFault,
}

impl StageRef {
    /// Takes a reference apart, without looking at any disk.
    ///
    /// A reference that does not start at `home` and yet has the slug among
    /// its components comes from before the migrations directory was moved;
    /// its tail still counts.
    pub fn resolve(reference: &str, home: &Home) -> Result<Self, ReferenceFault> {
        if reference.is_empty() {
            return Err(ReferenceFault::Empty);
        }
        if reference.starts_with('/') {
            return Err(ReferenceFault::Absolute);
        }
        if reference.contains('\0') || carries_half(reference) {
            return Err(ReferenceFault::Unwritable);
        }
        let parts: Vec<_> = components(reference).collect();
        if parts.is_empty() {
            return Err(ReferenceFault::Empty);
        }
        if parts.contains(&"..") {
            return Err(ReferenceFault::Parent);
        }
        let depth = home.live_dir.len();
        let at_home = parts.len() > depth
            && home.live_dir.iter().zip(&parts).all(|(a, b)| a == b)
            && parts[depth] == home.slug;
        let below = if at_home {
            depth + 1
        } else {
            let slug_at = parts.iter().rposition(|part| *part == home.slug);
            slug_at.ok_or(ReferenceFault::Outside)? + 1
        };
        if below == parts.len() {
            // The migration directory itself.
            return Err(ReferenceFault::NotRegular);
        }
        Ok(Self {
            tail: parts[below..].join("/"),
            moved: !at_home,
        })
    }

    /// Returns the path below the migration directory.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// Tells whether the reference is from before a move.
    pub fn moved(&self) -> bool {
        self.moved
    }
}

fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(reference: &str) -> Result<(String, bool), ReferenceFault> {
        let home = Home::new("./docs//live/", "m");
        StageRef::resolve(reference, &home).map(|stage| (stage.tail.clone(), stage.moved))
    }

    #[test]
    fn a_reference_is_its_tail_below_the_slug() {
        assert_eq!(tail("docs/live/m/a/m/b"), Ok(("a/m/b".to_owned(), false)));
        assert_eq!(tail("docs//live/./m/b"), Ok(("b".to_owned(), false)));
        assert_eq!(tail("old/m/b"), Ok(("b".to_owned(), true)));
    }

    #[test]
    fn a_reference_never_leaves_the_migration() {
        assert_eq!(tail(""), Err(ReferenceFault::Empty));
        assert_eq!(tail("."), Err(ReferenceFault::Empty));
        assert_eq!(tail("/docs/live/m/b"), Err(ReferenceFault::Absolute));
        assert_eq!(tail("docs/live/m/../n/b"), Err(ReferenceFault::Parent));
        assert_eq!(tail("docs/live/n/b"), Err(ReferenceFault::Outside));
        assert_eq!(tail("docs/live/m"), Err(ReferenceFault::NotRegular));
        assert_eq!(tail("docs/live/m/\0"), Err(ReferenceFault::Unwritable));
    }

    #[test]
    fn a_home_names_its_files() {
        assert_eq!(Home::new(".", "m").reference("x"), "m/x");
        assert_eq!(Home::new("a/b", "m").reference("c/d"), "a/b/m/c/d");
    }
}
