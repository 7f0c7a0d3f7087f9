//! What continuous-refactoring knew about a repository.

use std::path::{Path, PathBuf};

use piton_base::RepoPath;
use piton_durable::{DiskRead, Kind};
use serde_json::Value;

/// A repository's registration with the original tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    /// The registry it was found in.
    pub(crate) registry: PathBuf,
    pub(crate) migrations_dir: Option<RepoPath>,
    pub(crate) taste: Option<Taste>,
}

/// Where the original kept the repository's taste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taste {
    /// In the repository, where piton goes on using it.
    InRepository(RepoPath),
    /// In the user's data folder, outside the repository.
    Elsewhere(PathBuf),
}

/// What was found, and what about it could not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) registration: Option<Registration>,
    pub(crate) warnings: Vec<String>,
}

/// Looks the repository up in the registry below `data`. A registry that
/// cannot be understood is a warning: piton does not depend on it.
pub(crate) fn find(disk: &dyn DiskRead, data: &Path, top: &Path) -> Found {
    let registry = data.join("manifest.json");
    let mut found = Found::default();
    if !matches!(disk.stat(&registry), Ok(Some(_))) {
        return found;
    }
    let parsed = disk
        .read(&registry)
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string())
        });
    let projects = match parsed {
        Ok(Value::Object(mut document)) => document.remove("projects"),
        Ok(_) => None,
        Err(why) => {
            found
                .warnings
                .push(format!("{} cannot be read: {why}", registry.display()));
            return found;
        }
    };
    let Some(Value::Object(projects)) = projects else {
        found.warnings.push(format!(
            "{} holds no projects; it is left alone",
            registry.display()
        ));
        return found;
    };
    let ours = projects.iter().find(|(_, entry)| {
        entry
            .get("path")
            .and_then(Value::as_str)
            .is_some_and(|path| Path::new(path) == top)
    });
    let Some((uuid, entry)) = ours else {
        return found;
    };

    let mut repo_path = |field: &str| {
        let text = entry.get(field)?.as_str()?;
        match text.parse::<RepoPath>() {
            Ok(path) => Some(path),
            Err(error) => {
                found.warnings.push(format!(
                    "{}: `{field}` of this repository is not used: {error}",
                    registry.display()
                ));
                None
            }
        }
    };
    let migrations_dir = repo_path("live_migrations_dir");
    let taste = match repo_path("repo_taste_path") {
        Some(path) => Some(Taste::InRepository(path)),
        None => safe_component(uuid)
            .map(|uuid| data.join("projects").join(uuid).join("taste.md"))
            .filter(|path| matches!(disk.stat(path), Ok(Some(stat)) if stat.kind == Kind::File))
            .map(Taste::Elsewhere),
    };
    found.registration = Some(Registration {
        registry,
        migrations_dir,
        taste,
    });
    found
}

/// The key of a project names a folder; only a plain name is followed.
fn safe_component(name: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use piton_durable::{Disk as _, RealDisk};

    use super::*;

    fn found(registry: &str) -> Found {
        let dir = tempfile::tempdir().unwrap();
        RealDisk
            .write_new(
                &dir.path().join("manifest.json"),
                registry.as_bytes(),
                0o644,
            )
            .unwrap();
        find(&RealDisk, dir.path(), Path::new("/repo"))
    }

    #[test]
    fn a_registered_repository_gives_its_places() {
        let got = found(
            r#"{"version": 1, "projects": {"u-1": {"uuid": "u-1", "path": "/repo", "created_at": "x",
                "live_migrations_dir": "docs/migrations", "repo_taste_path": ".continuous-refactoring/taste.md"}}}"#,
        );
        let registration = got.registration.unwrap();
        assert_eq!(
            registration.migrations_dir.unwrap().to_string(),
            "docs/migrations"
        );
        assert!(matches!(registration.taste, Some(Taste::InRepository(_))));
        assert!(got.warnings.is_empty());
    }

    #[test]
    fn another_repository_or_no_registry_gives_nothing() {
        assert_eq!(
            found(r#"{"projects": {"u": {"path": "/other"}}}"#),
            Found::default()
        );
        assert_eq!(
            find(&RealDisk, Path::new("/nowhere"), Path::new("/repo")),
            Found::default()
        );
    }

    #[test]
    fn a_path_that_leaves_the_repository_is_not_taken_over() {
        let got =
            found(r#"{"projects": {"../..": {"path": "/repo", "live_migrations_dir": "../out"}}}"#);
        assert_eq!(got.registration.unwrap().migrations_dir, None);
        assert_eq!(got.warnings.len(), 1);
    }

    #[test]
    fn a_registry_that_cannot_be_understood_is_a_warning() {
        for text in ["", "{", "[]", "\u{0}", r#"{"projects": 3}"#] {
            let got = found(text);
            assert_eq!((got.registration, got.warnings.len()), (None, 1), "{text}");
        }
    }
}
