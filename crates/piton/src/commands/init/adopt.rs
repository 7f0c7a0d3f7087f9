//! What continuous-refactoring knew about a repository.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use piton_base::RepoPath;
use piton_durable::{DiskRead, Kind};
use serde_json::{Map, Value};

/// A repository's registration with the original tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    /// The registry it was found in.
    pub(crate) registry: PathBuf,
    pub(crate) migrations_dir: Option<RepoPath>,
    pub(crate) taste: Option<Taste>,
}

impl Registration {
    /// Says what was taken over from it.
    pub(crate) fn taken_over(&self) -> String {
        format!(
            "took over from continuous-refactoring ({}): migrations in {}, taste {}; \
             its registration stays, so it can go on working here too",
            self.registry.display(),
            self.migrations_dir
                .as_ref()
                .map_or("no directory", RepoPath::as_str),
            match &self.taste {
                Some(Taste::InRepository(path)) => format!("in {path}"),
                Some(Taste::Elsewhere(path)) => format!("from {}", path.display()),
                None => "not set".to_owned(),
            },
        )
    }
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
    match disk.stat(&registry) {
        Ok(Some(_)) => {}
        Ok(None) => return found,
        Err(error) => {
            (found.warnings).push(format!("{} cannot be read: {error}", registry.display()));
            return found;
        }
    }
    let projects = match projects(disk, &registry) {
        Ok(projects) => projects,
        Err(warning) => {
            found.warnings.push(warning);
            return found;
        }
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

/// Returns the projects of a registry, or a warning why there are none.
fn projects(disk: &dyn DiskRead, registry: &Path) -> Result<Map<String, Value>, String> {
    let unread = |why: &dyn Display| format!("{} cannot be read: {why}", registry.display());
    let bytes = disk.read(registry).map_err(|error| unread(&error))?;
    let mut document: Value = serde_json::from_slice(&bytes).map_err(|error| unread(&error))?;
    match document.get_mut("projects").map(Value::take) {
        Some(Value::Object(projects)) => Ok(projects),
        Some(_) | None => Err(format!(
            "{} holds no projects; it is left alone",
            registry.display()
        )),
    }
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
