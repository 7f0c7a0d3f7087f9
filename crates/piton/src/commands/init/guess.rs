//! The validation command that a repository probably has.

use std::path::Path;

use piton_durable::DiskRead;

/// What a file at the top of the repository suggests, most telling first.
const SIGNS: &[(&str, Sign)] = &[
    ("Cargo.toml", Sign::Plain("cargo test")),
    ("go.mod", Sign::Plain("go test ./...")),
    ("mix.exs", Sign::Plain("mix test")),
    ("package.json", Sign::Script),
    ("uv.lock", Sign::Plain("uv run pytest")),
    ("poetry.lock", Sign::Plain("poetry run pytest")),
    ("pytest.ini", Sign::Plain("python -m pytest")),
    ("pyproject.toml", Sign::Plain("python -m pytest")),
    ("pom.xml", Sign::Plain("mvn --batch-mode test")),
    ("gradlew", Sign::Plain("./gradlew test")),
    ("Gemfile", Sign::Plain("bundle exec rake test")),
    ("justfile", Sign::Recipe("just test")),
    ("Makefile", Sign::Recipe("make test")),
];

#[derive(Clone, Copy, Debug)]
enum Sign {
    /// The file's presence is enough.
    Plain(&'static str),
    /// The file must have a recipe called `test`.
    Recipe(&'static str),
    /// The file must have a script called `test`; the lock file beside it
    /// tells which program runs it.
    Script,
}

/// A command, and the file that suggests it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    pub(crate) command: String,
    pub(crate) from: &'static str,
}

/// Returns every command that the files at `top` suggest, the likeliest first.
pub(crate) fn validation_commands(disk: &dyn DiskRead, top: &Path) -> Vec<Guess> {
    SIGNS
        .iter()
        .filter_map(|(file, sign)| {
            let command = match sign {
                Sign::Plain(command) => {
                    disk.stat(&top.join(file)).ok()??;
                    (*command).to_owned()
                }
                Sign::Recipe(command) => {
                    has_recipe(&text(disk, top, file)?).then(|| (*command).to_owned())?
                }
                Sign::Script => {
                    let package: serde_json::Value =
                        serde_json::from_str(&text(disk, top, file)?).ok()?;
                    let script = package.get("scripts")?.get("test")?.as_str()?;
                    // What `npm init` writes only says that there are no tests.
                    if script.contains("no test specified") {
                        return None;
                    }
                    format!("{} test", package_manager(disk, top))
                }
            };
            Some(Guess {
                command,
                from: file,
            })
        })
        .collect()
}

fn has_recipe(text: &str) -> bool {
    text.lines().any(|line| {
        line.strip_prefix("test")
            .is_some_and(|rest| rest.trim_start().starts_with(':') && !rest.contains(":="))
    })
}

fn package_manager(disk: &dyn DiskRead, top: &Path) -> &'static str {
    [
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun run"),
        ("bun.lockb", "bun run"),
    ]
    .into_iter()
    .find(|(lock, _)| matches!(disk.stat(&top.join(lock)), Ok(Some(_))))
    .map_or("npm", |(_, program)| program)
}

fn text(disk: &dyn DiskRead, top: &Path, file: &str) -> Option<String> {
    String::from_utf8(disk.read(&top.join(file)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use piton_durable::{Disk as _, RealDisk};

    use super::*;

    fn guesses(files: &[(&str, &str)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            RealDisk
                .write_new(&dir.path().join(name), content.as_bytes(), 0o644)
                .unwrap();
        }
        validation_commands(&RealDisk, dir.path())
            .into_iter()
            .map(|guess| guess.command)
            .collect()
    }

    #[test]
    fn what_the_repository_holds_suggests_the_command() {
        assert_eq!(guesses(&[("Cargo.toml", "")]), ["cargo test"]);
        assert_eq!(
            guesses(&[("uv.lock", ""), ("pyproject.toml", "")]),
            ["uv run pytest", "python -m pytest"]
        );
        assert_eq!(
            guesses(&[
                ("package.json", r#"{"scripts":{"test":"vitest"}}"#),
                ("pnpm-lock.yaml", "")
            ]),
            ["pnpm test"]
        );
        assert_eq!(
            guesses(&[("Makefile", "all:\n\ntest: all\n\ttrue\n")]),
            ["make test"]
        );
    }

    #[test]
    fn files_that_say_nothing_of_tests_suggest_nothing() {
        assert!(guesses(&[]).is_empty());
        assert!(guesses(&[("Makefile", "test := 1\ntested:\n")]).is_empty());
        assert!(guesses(&[("package.json", "{")]).is_empty());
        assert!(
            guesses(&[(
                "package.json",
                r#"{"scripts":{"test":"echo \"Error: no test specified\""}}"#
            )])
            .is_empty()
        );
    }
}
