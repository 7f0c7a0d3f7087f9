//! What the user asked to work on, and what it comes to.

use piton_migration::own::TargetProvenance;

use super::glob::Glob;
use super::{Source, Target};

/// The selector that counts; of several, the first in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    Targets(Vec<Target>),
    Globs(Vec<String>),
    Extensions(Vec<String>),
    Paths(Vec<String>),
    #[default]
    Random,
}

/// What the user gave, each as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selectors {
    pub targets: Option<Vec<Target>>,
    pub globs: Option<String>,
    pub extensions: Option<String>,
    pub paths: Option<String>,
}

impl Selectors {
    /// Returns the one that counts.
    pub fn selection(self) -> Selection {
        if let Some(targets) = self.targets {
            return Selection::Targets(targets);
        }
        if let Some(globs) = self.globs {
            return Selection::Globs(super::glob::split(&globs));
        }
        if let Some(extensions) = self.extensions {
            return Selection::Extensions(super::glob::of_extensions(&extensions));
        }
        match self.paths.as_deref().and_then(split_paths) {
            Some(paths) => Selection::Paths(paths),
            None => Selection::Random,
        }
    }
}

/// Splits a list of paths at colons; `None` where there is none in it.
pub fn split_paths(list: &str) -> Option<Vec<String>> {
    let paths = super::glob::split(list);
    (!paths.is_empty()).then_some(paths)
}

impl Selection {
    /// Whether the tracked files have a say in what it comes to.
    pub fn chooses_among_files(&self) -> bool {
        match self {
            Self::Globs(_) | Self::Extensions(_) | Self::Random => true,
            Self::Targets(_) | Self::Paths(_) => false,
        }
    }

    /// Returns the paths that were named one by one.
    pub fn paths(&self) -> &[String] {
        match self {
            Self::Paths(paths) => paths,
            Self::Targets(_) | Self::Globs(_) | Self::Extensions(_) | Self::Random => &[],
        }
    }

    /// Returns the patterns that files are chosen with, as they are told.
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Globs(patterns) | Self::Extensions(patterns) => Some(patterns.join(":")),
            Self::Targets(_) | Self::Paths(_) | Self::Random => None,
        }
    }

    /// Resolves against the tracked files. `scope` is what the user said the
    /// work is about; where patterns match nothing it stands in for them.
    pub fn resolve(self, tracked: Vec<String>, scope: Option<&str>) -> Source {
        match self {
            Self::Targets(targets) => Source::Finite(targets),
            Self::Globs(patterns) => pool(&patterns, TargetProvenance::Globs, &tracked, scope),
            Self::Extensions(patterns) => {
                pool(&patterns, TargetProvenance::Extensions, &tracked, scope)
            }
            Self::Paths(paths) => Source::Group(Target::plain(
                "specified paths",
                TargetProvenance::Paths,
                paths,
            )),
            Self::Random if tracked.is_empty() => fallback(scope),
            Self::Random => Source::Ambient(tracked),
        }
    }
}

fn pool(
    patterns: &[String],
    provenance: TargetProvenance,
    tracked: &[String],
    scope: Option<&str>,
) -> Source {
    let globs: Vec<Glob> = patterns.iter().map(|pattern| Glob::new(pattern)).collect();
    let mut files: Vec<String> = tracked
        .iter()
        .filter(|path| globs.iter().any(|glob| glob.matches(path)))
        .cloned()
        .collect();
    files.sort_unstable();
    if files.is_empty() {
        return fallback(scope);
    }
    Source::Pool { provenance, files }
}

fn fallback(scope: Option<&str>) -> Source {
    match scope {
        Some(scope) => Source::Group(Target {
            scoping: Some(scope.to_owned()),
            ..Target::plain(scope, TargetProvenance::Fallback, Vec::new())
        }),
        None => Source::Nothing,
    }
}
