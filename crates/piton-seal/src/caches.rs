//! Tool caches of a clone's own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A cache that a tool keeps, and later builds run code from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    /// The name of its folder among the clone's own.
    pub name: &'static str,
    /// The variables that tell the tool where it is, each with the folder
    /// below the cache that it names.
    pub variables: &'static [(&'static str, &'static str)],
    /// Where the user's own is, from the home directory, when no variable
    /// says otherwise.
    pub user: &'static str,
    /// What of the user's own is worth having from the beginning: downloads
    /// and indexes, nothing that is built, and no credentials.
    pub seeds: &'static [&'static str],
}

/// The tools whose caches are the clone's own.
pub const CACHES: &[Cache] = &[
    Cache {
        name: "cargo",
        variables: &[("CARGO_HOME", "")],
        user: ".cargo",
        seeds: &[
            "registry/cache",
            "registry/index",
            "git/db",
            "config.toml",
            "config",
        ],
    },
    Cache {
        name: "npm",
        variables: &[("npm_config_cache", "")],
        user: ".npm",
        seeds: &["_cacache"],
    },
    Cache {
        name: "pip",
        variables: &[("PIP_CACHE_DIR", "")],
        user: ".cache/pip",
        seeds: &["http", "http-v2", "wheels"],
    },
    Cache {
        name: "uv",
        variables: &[("UV_CACHE_DIR", "")],
        user: ".cache/uv",
        seeds: &[],
    },
    Cache {
        name: "go",
        variables: &[
            ("GOMODCACHE", "mod"),
            ("GOCACHE", "build"),
            ("GOPATH", "path"),
        ],
        user: "go/pkg",
        seeds: &["mod/cache/download"],
    },
    Cache {
        name: "gradle",
        variables: &[("GRADLE_USER_HOME", "")],
        user: ".gradle",
        seeds: &["caches/modules-2/files-2.1", "wrapper"],
    },
    Cache {
        name: "maven",
        variables: &[("MAVEN_ARGS", "")],
        user: ".m2/repository",
        seeds: &["."],
    },
    // It notes where it put its environments, and may read those of the user's.
    Cache {
        name: "pre-commit",
        variables: &[("PRE_COMMIT_HOME", "")],
        user: ".cache/pre-commit",
        seeds: &["db.db"],
    },
    Cache {
        name: "yarn",
        variables: &[("YARN_CACHE_FOLDER", "")],
        user: ".cache/yarn",
        seeds: &[],
    },
];

/// Which of the clone's own sets of caches: one for each slot number, so that
/// jobs that go on at once build in their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheSet(u32);

impl CacheSet {
    /// Returns the set of the slots of that number.
    pub fn of_slot(number: u32) -> Self {
        Self(number)
    }
}

impl Default for CacheSet {
    /// The set of the first slot.
    fn default() -> Self {
        Self(1)
    }
}

/// The sets of caches of a clone's own, all alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCaches {
    root: PathBuf,
    /// Where the user's own is, for each tool.
    users: Vec<(&'static Cache, Option<PathBuf>)>,
}

impl OwnCaches {
    /// Decides the caches of a clone below `root`. `variable` is the user's
    /// environment, which may say where the user's own are.
    pub fn below(
        root: &Path,
        home: Option<&Path>,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Self {
        let users = |cache: &'static Cache| (cache, users(cache, home, variable));
        Self {
            root: root.to_owned(),
            users: CACHES.iter().map(users).collect(),
        }
    }

    pub fn set(&self, set: CacheSet) -> Vec<OwnCache> {
        let root = self.root.join(set.0.to_string());
        let own =
            |(cache, user): &(&'static Cache, Option<PathBuf>)| own(cache, &root, user.as_deref());
        self.users.iter().map(own).collect()
    }
}

/// One cache of a set, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCache {
    pub directory: PathBuf,
    pub variables: Vec<(&'static str, OsString)>,
    /// What is copied once, from the user's own to the clone's.
    pub seeds: Vec<(PathBuf, PathBuf)>,
}

/// Returns where the user's own caches are, for those who share them.
pub fn users_caches(
    home: Option<&Path>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Vec<PathBuf> {
    let users = CACHES
        .iter()
        .filter_map(|cache| users(cache, home, variable));
    // Of Go's, what is built is elsewhere.
    let built = home.map(|home| home.join(".cache/go-build"));
    users.chain(built).collect()
}

/// Returns where the user's own is.
fn users(
    cache: &Cache,
    home: Option<&Path>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Option<PathBuf> {
    // A variable that names a part of the cache says nothing of the others.
    let said = cache.variables.iter().filter(|(_, below)| below.is_empty());
    let said = said.filter_map(|(name, _)| variable(name).map(PathBuf::from));
    let mut said = said.filter(|path| path.is_absolute());
    said.next().or_else(|| Some(home?.join(cache.user)))
}

fn own(cache: &Cache, root: &Path, user: Option<&Path>) -> OwnCache {
    let directory = root.join(cache.name);
    let value = |(name, below): &(&'static str, &'static str)| {
        let place = place(&directory, below).into_os_string();
        match *name {
            // Maven takes its repository as an argument alone.
            "MAVEN_ARGS" => {
                let mut argument = OsString::from("-Dmaven.repo.local=");
                argument.push(place);
                (*name, argument)
            }
            _ => (*name, place),
        }
    };
    let seeds = user.iter().flat_map(|user| {
        let directory = &directory;
        let seed = move |seed: &&str| (place(user, seed), place(directory, seed));
        cache.seeds.iter().map(seed)
    });
    OwnCache {
        variables: cache.variables.iter().map(value).collect(),
        seeds: seeds.collect(),
        directory: directory.clone(),
    }
}

fn place(directory: &Path, below: &str) -> PathBuf {
    match below {
        "" | "." => directory.to_owned(),
        below => directory.join(below),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caches(said: &[(&str, &str)]) -> Vec<OwnCache> {
        let variable = |name: &str| {
            let found = said.iter().find(|(said, _)| *said == name)?;
            Some(OsString::from(found.1))
        };
        let all = OwnCaches::below(Path::new("/c"), Some(Path::new("/home/u")), &variable);
        all.set(CacheSet::default())
    }

    fn named<'a>(caches: &'a [OwnCache], name: &str) -> &'a OwnCache {
        caches
            .iter()
            .find(|cache| cache.directory.ends_with(name))
            .unwrap()
    }

    #[test]
    fn each_tool_is_told_of_a_cache_of_the_clones_own() {
        let all = caches(&[]);
        assert_eq!(
            named(&all, "cargo").variables,
            [("CARGO_HOME", "/c/1/cargo".into())]
        );
        assert_eq!(
            named(&all, "maven").variables,
            [("MAVEN_ARGS", "-Dmaven.repo.local=/c/1/maven".into())]
        );
        assert!(
            named(&all, "go")
                .variables
                .contains(&("GOCACHE", "/c/1/go/build".into()))
        );
    }

    #[test]
    fn no_two_sets_have_a_directory_in_common() {
        let all = OwnCaches::below(Path::new("/c"), None, &|_| None);
        let (first, second) = (all.set(CacheSet::of_slot(1)), all.set(CacheSet::of_slot(2)));
        for cache in &first {
            for other in &second {
                assert!(!cache.directory.starts_with(&other.directory));
                assert!(!other.directory.starts_with(&cache.directory));
            }
        }
    }

    #[test]
    fn a_cache_is_seeded_from_the_users_own_wherever_that_lies() {
        let seed = |caches: &[OwnCache]| named(caches, "cargo").seeds[0].clone();
        assert_eq!(
            seed(&caches(&[])),
            (
                "/home/u/.cargo/registry/cache".into(),
                "/c/1/cargo/registry/cache".into()
            )
        );
        assert_eq!(
            seed(&caches(&[("CARGO_HOME", "/big/cargo")])).0,
            PathBuf::from("/big/cargo/registry/cache")
        );
        assert_eq!(
            seed(&caches(&[("CARGO_HOME", "odd")])).0,
            PathBuf::from("/home/u/.cargo/registry/cache")
        );
    }

    #[test]
    fn no_seed_is_a_credential_store() {
        for cache in CACHES {
            for seed in cache.seeds {
                let path = place(Path::new(cache.user), seed);
                let store = crate::STORES
                    .iter()
                    .any(|store| path.starts_with(store) || Path::new(store).starts_with(&path));
                assert!(!store, "{}", path.display());
            }
        }
    }
}
