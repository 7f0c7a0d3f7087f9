//! The names by which a file is spoken of in other files.

/// Stems that mean nothing by themselves.
const EMPTY_STEMS: [&str; 4] = ["__init__", "index", "main", "test"];
/// Directories that are left out where modules are named.
const ROOTS: [&str; 5] = ["src", "lib", "app", "tests", "test"];

/// Returns the names of a path, the longest first.
pub(crate) fn aliases(path: &str) -> Vec<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last().copied().unwrap_or(path);
    let stem = stem(name);
    let mut names = vec![path.to_owned(), name.to_owned()];
    if stem.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !EMPTY_STEMS.contains(&stem) {
        names.push(stem.to_owned());
    }
    if parts.len() > 1 {
        let mut module = parts.clone();
        module.pop();
        module.push(stem);
        names.push(module.join("."));
        if ROOTS.contains(&module[0]) && module.len() > 2 {
            names.push(module[1..].join("."));
        }
        let last_two = &module[module.len() - 2..];
        names.push(last_two.join("/"));
        names.push(last_two.join("."));
    }
    names.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    names.dedup();
    names
}

/// Returns the name without what follows its last dot.
pub(super) fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        Some(_) | None => name,
    }
}

/// Returns what a file tests, or is tested by, goes by: `x` for `x`, `test_x`
/// and `x_test`.
pub(super) fn tested(stem: &str) -> &str {
    stem.strip_prefix("test_")
        .or_else(|| stem.strip_suffix("_test"))
        .unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_spoken_of_by_path_name_stem_and_module() {
        assert_eq!(
            aliases("src/report/table.py"),
            [
                "src/report/table.py",
                "src.report.table",
                "report.table",
                "report/table",
                "table.py",
                "table",
            ]
        );
        assert_eq!(aliases("main.rs"), ["main.rs"]);
        assert_eq!(aliases("a.py"), ["a.py"], "too short to mean something");
    }

    #[test]
    fn a_directory_of_sources_is_left_out_and_a_name_that_means_nothing_is_not_left_alone() {
        let names = aliases("src/a/b/table.py");
        assert!(names.contains(&"a.b.table".to_owned()), "{names:?}");
        let names = aliases("docs/a/b/table.md");
        assert!(!names.contains(&"a.b.table".to_owned()), "{names:?}");
        assert_eq!(
            aliases("src/main.rs"),
            ["src/main.rs", "src.main", "src/main", "main.rs"]
        );
        assert_eq!(
            aliases("a/.env"),
            ["a..env", "a/.env", ".env"],
            "its name is no ending"
        );
    }

    #[test]
    fn a_file_and_its_test_go_by_one_name() {
        assert_eq!(tested("test_table"), "table");
        assert_eq!(tested("table_test"), "table");
        assert_eq!(tested("table"), "table");
    }
}
