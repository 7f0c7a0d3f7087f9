//! The languages whose tests are known, and where each keeps them.

/// A language, told by the name of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Language {
    Python,
    /// And TypeScript: their tests look the same.
    JavaScript,
    Rust,
    Go,
    Java,
    Ruby,
}

impl Language {
    pub(super) fn of(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        Some(match extension {
            "py" => Self::Python,
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => Self::JavaScript,
            "rs" => Self::Rust,
            "go" => Self::Go,
            "java" => Self::Java,
            "rb" => Self::Ruby,
            _ => return None,
        })
    }

    /// Whether the usual runner of the language looks for tests in a file of
    /// this name, where others may as well find them elsewhere.
    pub(super) fn looks_for(self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split('.').next().unwrap_or(name);
        match self {
            Self::Java => {
                let ends = ["Test", "Tests", "TestCase", "IT", "ITCase", "Spec"];
                stem.starts_with("Test")
                    || stem.starts_with("IT")
                    || ends.iter().any(|end| stem.ends_with(end))
            }
            Self::Python | Self::JavaScript | Self::Rust | Self::Go | Self::Ruby => true,
        }
    }

    /// Whether a test runner finds tests in this file. A file that was given a
    /// name under which it is not found has lost its tests.
    pub(super) fn collects(self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split('.').next().unwrap_or(name);
        let below = |folders: &[&str]| {
            let mut parts = path.split('/').rev();
            parts.next();
            parts.any(|part| folders.contains(&part))
        };
        match self {
            Self::Python => {
                name.starts_with("test") || stem.ends_with("_test") || stem.ends_with("_tests")
            }
            Self::JavaScript => {
                name.contains(".test.")
                    || name.contains(".spec.")
                    || name.contains("-test.")
                    || name.contains("_test.")
                    || name.starts_with("test.")
                    || name.starts_with("test-")
                    || below(&["__tests__", "test", "tests", "spec", "e2e", "cypress"])
            }
            Self::Go => name.ends_with("_test.go") && !name.starts_with(['_', '.']),
            Self::Ruby => {
                stem.ends_with("_test") || stem.ends_with("_spec") || stem.starts_with("test_")
            }
            Self::Rust | Self::Java => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_finds_tests_by_the_names_of_files() {
        for (path, found) in [
            ("tests/test_parser.py", true),
            ("tests/parser_test.py", true),
            ("tests/parser.py", false),
            ("tests/_test_parser.py", false),
            ("src/parser.test.ts", true),
            ("src/parser.ts", false),
            ("test/parser.mjs", true),
            ("parser_test.go", true),
            ("_parser_test.go", false),
            ("parser.go", false),
            ("spec/parser_spec.rb", true),
            ("spec/parser.rb", false),
            ("src/lib.rs", true),
        ] {
            let language = Language::of(path).expect(path);
            assert_eq!(language.collects(path), found, "{path}");
        }
    }
}
