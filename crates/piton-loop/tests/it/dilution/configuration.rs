//! Configuration that decides which tests run.

use piton_loop::dilution::{compare, tell};

use super::{change, judged, python};

#[test]
fn what_decides_how_tests_run_is_told_first() {
    let command = [
        "./run-tests.sh".to_owned(),
        "--config=ci/tests.cfg".to_owned(),
    ];
    let changes = [
        change("tests/test_total.py", python::TESTS, ""),
        change("run-tests.sh", "pytest", "true"),
        change("ci/tests.cfg", "a", "b"),
        change("piton.toml", "a = 1", "a = 2"),
        change(".github/workflows/ci.yml", "a", "b"),
        change(".husky/pre-commit", "a", "b"),
        change("pytest.ini", "[pytest]", "[pytest]\naddopts = -k nothing"),
        change("package.json", "{\"version\": 1}", "{\"version\": 2}"),
        change(
            "pyproject.toml",
            "[project]\nname = 'a'",
            "[project]\nname = 'a'\n[tool.pytest]\naddopts = '--ignore=x'",
        ),
    ];
    let told = tell(&compare(&changes, &command));
    let lines: Vec<&str> = told.lines().collect();
    // The files, the two tests that went, and the one line that hides others.
    assert_eq!(lines.len(), 10, "{told}");
    assert!(lines[9].contains("`--ignore=` keeps tests"), "{told}");
    assert!(
        lines[..7].iter().all(|line| line.ends_with("was changed")),
        "{told}"
    );
    assert!(!told.contains("package.json"), "{told}");
}

#[test]
fn configuration_that_passes_tests_over_or_lets_red_ones_by_is_sent_back() {
    for (path, before, after, sent_back) in [
        (
            "pytest.ini",
            "[pytest]\n",
            "[pytest]\naddopts = --deselect tests/test_a.py::test_b\n",
            true,
        ),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts = \"-q\"\n",
            "[tool.pytest.ini_options]\naddopts = \"-q --ignore=tests/slow\"\n",
            true,
        ),
        (
            "tox.ini",
            "[testenv]\ncommands = pytest\n",
            "[testenv]\ncommands = pytest -k \"not total\"\n",
            true,
        ),
        (
            "conftest.py",
            "",
            "collect_ignore = [\"test_total.py\"]\n",
            true,
        ),
        (
            "tests/conftest.py",
            "import pytest\n",
            "import pytest\ncollect_ignore_glob = [\"*_slow.py\"]\n",
            true,
        ),
        (
            "jest.config.js",
            "module.exports = {\n};\n",
            "module.exports = {\n  testPathIgnorePatterns: ['total'],\n};\n",
            true,
        ),
        (
            "package.json",
            "{\"scripts\": {\n\"test\": \"jest\"\n}}\n",
            "{\"scripts\": {\n\"test\": \"jest --passWithNoTests\"\n}}\n",
            true,
        ),
        (
            "package.json",
            "{\"scripts\": {\n\"test\": \"jest\"\n}}\n",
            "{\"scripts\": {\n\"test\": \"jest || true\"\n}}\n",
            true,
        ),
        (
            "vitest.config.ts",
            "export default {\n}\n",
            "export default {\n  test: { exclude: ['src/total.test.ts'] },\n}\n",
            true,
        ),
        (
            "pom.xml",
            "<plugin>surefire</plugin>\n",
            "<plugin>surefire</plugin>\n<exclude>**/TotalTest.java</exclude>\n",
            true,
        ),
        (
            "pom.xml",
            "<a>test</a>\n",
            "<a>test</a>\n<skipTests>true</skipTests>\n",
            true,
        ),
        (
            "build.gradle",
            "test {\n}\n",
            "test {\n  exclude '**/TotalTest*'\n}\n",
            true,
        ),
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\"]\n",
            "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/tests\"]\n",
            true,
        ),
        ("Cargo.toml", "[lib]\n", "[lib]\ntest = false\n", true),
        (
            "Makefile",
            "test:\n\tpytest\n",
            "test:\n\tpytest || true\n",
            true,
        ),
        (
            ".github/workflows/ci.yml",
            "steps:\n  - run: cargo test\n",
            "steps:\n  - run: cargo test\n    continue-on-error: true\n",
            true,
        ),
        (
            ".github/workflows/ci.yml",
            "steps:\n  - run: cargo test\n",
            "steps:\n  - run: cargo test || true\n",
            true,
        ),
        (
            ".config/nextest.toml",
            "[profile.default]\n",
            "[profile.default]\ndefault-filter = \"not test(total)\"\n",
            true,
        ),
        (
            "pytest.ini",
            "[pytest]\n",
            "[pytest]\naddopts = -q --strict-markers\n",
            false,
        ),
        (
            "jest.config.js",
            "module.exports = {\n};\n",
            "module.exports = {\n  testPathIgnorePatterns: ['/node_modules/', '/dist/'],\n};\n",
            false,
        ),
        (
            "jest.config.js",
            "module.exports = {\n};\n",
            "module.exports = {\n  testPathIgnorePatterns: [\n    '/node_modules/',\n    '/dist/',\n  ],\n};\n",
            false,
        ),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\n",
            "[tool.pytest.ini_options]\naddopts = \"--ignore=node_modules\"\n",
            false,
        ),
        (
            "Makefile",
            "test:\n\tpytest\n",
            "test:\n\tpytest -q\nclean:\n\trm -r build || true\n",
            false,
        ),
        (
            "Cargo.toml",
            "[dev-dependencies]\n",
            "[dev-dependencies]\nrstest = \"0.23\"\n",
            false,
        ),
        (
            ".github/workflows/ci.yml",
            "steps:\n  - run: cargo test\n",
            "steps:\n  - run: cargo test --locked\n",
            false,
        ),
        // What is a comment, or stood there before.
        (
            "pytest.ini",
            "[pytest]\n",
            "[pytest]\n# addopts = --deselect tests/test_a.py::test_b\n",
            false,
        ),
        (
            "jest.config.js",
            "module.exports = {\n};\n",
            "module.exports = {\n  // testPathIgnorePatterns: ['total'],\n};\n",
            false,
        ),
        (
            "pytest.ini",
            "[pytest]\naddopts = --deselect tests/test_a.py::test_b\n",
            "[pytest]\nminversion = 8\n  addopts = --deselect tests/test_a.py::test_b\n",
            false,
        ),
        (
            "package.json",
            "{\"scripts\": {\n\"test\": \"jest\"\n}}\n",
            "{\"scripts\": {\n\"test\": \"vitest run\"\n}}\n",
            false,
        ),
    ] {
        judged(&[change(path, before, after)], sent_back);
    }
}

#[test]
fn the_line_that_passes_tests_over_is_named() {
    let after = "[pytest]\nminversion = 8\naddopts = --deselect tests/test_a.py::test_b\n";
    let findings = judged(&[change("pytest.ini", "[pytest]\n", after)], true);
    assert_eq!(
        tell(&findings),
        "- pytest.ini: the configuration of the tests was changed\n\
         - pytest.ini:3: `--deselect` keeps tests from running\n"
    );
}
