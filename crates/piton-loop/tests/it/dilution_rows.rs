//! Rows of tables, checks that nobody waits for, configuration that passes
//! tests over, and honest changes that look like any of it.

use piton_loop::dilution::{FileChange, Finding, Policy, compare, refused, tell};

use crate::dilution_cases::Cases;

fn change(path: &str, before: &str, after: &str) -> FileChange {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FileChange {
        path: path.to_owned(),
        before: text(before),
        after: text(after),
    }
}

#[track_caller]
fn judged(changes: &[FileChange], sent_back: bool) -> Vec<Finding> {
    let findings = compare(changes, &[]);
    assert_eq!(
        refused(Policy::Refuse, &findings),
        sent_back,
        "{changes:#?}\n{}",
        tell(&findings)
    );
    findings
}

/// Each is let through, and told in these words.
#[track_caller]
fn told(path: &str, before: &str, cases: &[(&str, &str, &str)]) {
    for (from, to, words) in cases {
        assert!(before.contains(from), "{from}");
        let after = before.replacen(from, to, 1);
        let findings = judged(&[change(path, before, &after)], false);
        assert!(tell(&findings).contains(words), "{to}: {}", tell(&findings));
    }
}

const PYTHON: &str = "import pytest\nfrom total import total\n\nCASES = [\n    (1, 1),\n    (2, 4),\n    (3, 9),\n]\n\n@pytest.mark.parametrize('n, want', CASES)\ndef test_named(n, want):\n    assert total(n) == want\n\n@pytest.mark.parametrize(\n    'n, want',\n    [\n        (1, 1),\n        pytest.param(2, 4, id='two'),\n        (3, 9),\n    ],\n)\ndef test_squares(n, want):\n    assert total(n) == want\n\ndef test_loop():\n    for n, want in [(5, 25), (6, 36)]:\n        assert total(n) == want\n\ndef test_member():\n    assert total(1) in [1, 2, 3]\n";

#[test]
fn a_row_that_goes_is_a_test_that_goes_in_python() {
    Cases {
        path: "tests/test_total.py",
        before: PYTHON,
        swaps: &[
            ("    (2, 4),\n    (3, 9),\n]\n\n@", "    (3, 9),\n]\n\n@"),
            ("        pytest.param(2, 4, id='two'),\n", ""),
            (
                "        pytest.param(2, 4, id='two'),\n        (3, 9),\n",
                "",
            ),
            ("[(5, 25), (6, 36)]", "[(5, 25)]"),
            (
                "CASES = [\n    (1, 1),\n    (2, 4),\n    (3, 9),\n]",
                "CASES = [(1, 1)]",
            ),
        ],
    }
    .are(true);
    Cases {
        path: "tests/test_total.py",
        before: PYTHON,
        swaps: &[
            ("        (1, 1),\n        pytest", "        (1, 1),\n        (0, 0),\n        pytest"),
            ("pytest.param(2, 4, id='two')", "(2, 4)"),
            ("        pytest.param(2, 4, id='two'),\n        (3, 9),\n    ],\n)\ndef test_squares(n, want):\n    assert total(n) == want\n", "        (1, 1),\n        (3, 9),\n    ],\n)\ndef test_squares(n, want):\n    assert total(n) == want\n\ndef test_two():\n    assert total(2) == 4\n"),
            ("CASES = [\n    (1, 1),\n    (2, 4),\n    (3, 9),\n]", "CASES = load('cases.json')"),
            ("[(5, 25), (6, 36)]", "zip(range(5, 7), [25, 36])"),
            ("[1, 2, 3]", "[1, 2]"),
            ("(1, 1),\n    (2, 4)", "(1, 1),\n    (2, 5)"),
            ("[\n        (1, 1),\n        pytest.param(2, 4, id='two'),\n        (3, 9),\n    ]", "CASES"),
        ],
    }
    .are(false);
}

#[test]
fn tests_that_became_rows_are_no_loss() {
    let before = "from total import total\n\ndef test_one():\n    assert total(1) == 1\n\ndef test_two():\n    assert total(2) == 4\n\ndef test_three():\n    assert total(3) == 9\n";
    let after = "import pytest\nfrom total import total\n\n@pytest.mark.parametrize('n,want', [(1, 1), (2, 4), (3, 9)])\ndef test_squares(n, want):\n    assert total(n) == want\n";
    let path = "tests/test_total.py";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(path, before, &after.replace(", (3, 9)", ""))],
        true,
    );
    judged(
        &[change(path, before, &after.replace("(3, 9)", "(4, 16)"))],
        true,
    );
    // One of them may keep its name.
    let kept = after.replace("test_squares", "test_one");
    judged(&[change(path, before, &kept)], false);

    let before = "import { total } from './total';\n\ntest('one', () => {\n  expect(total(1)).toBe(1);\n});\n\ntest('two', () => {\n  expect(total(2)).toBe(4);\n});\n";
    let after = "import { total } from './total';\n\ntest.each([\n  [1, 1],\n  [2, 4],\n])('total of %i', (n, want) => {\n  expect(total(n)).toBe(want);\n});\n";
    let path = "src/total.test.ts";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(path, before, &after.replace("  [2, 4],\n", ""))],
        true,
    );

    let before = "#[test]\nfn one() {\n    assert_eq!(total(1), 1);\n}\n\n#[test]\nfn two() {\n    assert_eq!(total(2), 4);\n}\n";
    let path = "tests/total.rs";
    let after = "#[rstest]\n#[case(1, 1)]\n#[case(2, 4)]\nfn squares(#[case] n: u32, #[case] want: u32) {\n    assert_eq!(total(n), want);\n}\n";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(path, before, &after.replace("#[case(2, 4)]\n", ""))],
        true,
    );
    let after = "#[test]\nfn squares() {\n    for (n, want) in [(1, 1), (2, 4)] {\n        assert_eq!(total(n), want);\n    }\n}\n";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(path, before, &after.replace(", (2, 4)", ""))],
        true,
    );

    let before = "package total\n\nfunc TestOne(t *testing.T) {\n\tif Total(1) != 1 {\n\t\tt.Error(\"one\")\n\t}\n}\n\nfunc TestTwo(t *testing.T) {\n\tif Total(2) != 4 {\n\t\tt.Error(\"two\")\n\t}\n}\n";
    let after = "package total\n\nfunc TestTotal(t *testing.T) {\n\ttests := []struct {\n\t\tname string\n\t\tn    int\n\t\twant int\n\t}{\n\t\t{\"one\", 1, 1},\n\t\t{\"two\", 2, 4},\n\t}\n\tfor _, tt := range tests {\n\t\tt.Run(tt.name, func(t *testing.T) {\n\t\t\tif got := Total(tt.n); got != tt.want {\n\t\t\t\tt.Errorf(\"got %d\", got)\n\t\t\t}\n\t\t})\n\t}\n}\n";
    let path = "total_test.go";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(
            path,
            before,
            &after.replace("\t\t{\"two\", 2, 4},\n", ""),
        )],
        true,
    );
    judged(
        &[change(
            path,
            after,
            &after.replace("\t\t{\"two\", 2, 4},\n", ""),
        )],
        true,
    );
    judged(
        &[change(
            path,
            after,
            &after.replace(
                "\t\t{\"two\", 2, 4},\n",
                "\t\t{\"two\", 2, 4},\n\t\t{\"three\", 3, 9},\n",
            ),
        )],
        false,
    );

    let before = "class TotalTest {\n    @Test\n    void one() {\n        assertEquals(1, total(1));\n    }\n\n    @Test\n    void two() {\n        assertEquals(4, total(2));\n    }\n}\n";
    let after = "class TotalTest {\n    @ParameterizedTest\n    @CsvSource({\"1, 1\", \"2, 4\"})\n    void squares(int n, int want) {\n        assertEquals(want, total(n));\n    }\n}\n";
    let path = "src/test/java/TotalTest.java";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(path, before, &after.replace(", \"2, 4\"", ""))],
        true,
    );
    judged(
        &[change(path, after, &after.replace(", \"2, 4\"", ""))],
        true,
    );

    let before = "describe 'total' do\n  it 'one' do\n    expect(total(1)).to eq(1)\n  end\n\n  it 'two' do\n    expect(total(2)).to eq(4)\n  end\nend\n";
    let after = "describe 'total' do\n  [[1, 1], [2, 4]].each do |n, want|\n    it \"squares #{n}\" do\n      expect(total(n)).to eq(want)\n    end\n  end\nend\n";
    let path = "spec/total_spec.rb";
    judged(&[change(path, before, after)], false);
    judged(
        &[change(path, before, &after.replace(", [2, 4]", ""))],
        true,
    );
    judged(&[change(path, after, &after.replace(", [2, 4]", ""))], true);
}

const SCRIPT: &str = "import { total } from './total';\n\nconst CASES = [1, 2, 3];\n\ntest.each(CASES)('keeps %i', (n) => {\n  expect(total(n)).toBe(n);\n});\n\ntest.each`\n  n    | want\n  ${1} | ${1}\n  ${2} | ${4}\n`('squares $n', ({ n, want }) => {\n  expect(total(n)).toBe(want);\n});\n\nfor (const n of [7, 8]) {\n  test(`goes ${n}`, () => {\n    expect(total(n)).toBe(n);\n  });\n}\n\ntest('waits', async () => {\n  await expect(total(4)).resolves.toBe(4);\n});\n\ntest('waits again', async () => {\n  const got = await total(5);\n  expect(got).toBe(5);\n});\n";

#[test]
fn rows_and_waiting_in_javascript() {
    Cases {
        path: "src/total.test.js",
        before: SCRIPT,
        swaps: &[
            ("[1, 2, 3]", "[1, 3]"),
            ("  ${2} | ${4}\n", ""),
            ("[7, 8]", "[7]"),
            ("  await expect(total(4))", "  expect(total(4))"),
            (
                "  const got = await total(5);\n  expect(got).toBe(5);\n",
                "  total(5).then((got) => {\n    expect(got).toBe(5);\n  });\n",
            ),
            (
                "  const got = await total(5);\n  expect(got).toBe(5);\n",
                "  setTimeout(() => {\n    expect(total(5)).toBe(5);\n  }, 0);\n",
            ),
            ("test('waits again'", "test.only('waits again'"),
            ("test('waits again'", "test.skip('waits again'"),
            ("test('waits again'", "test.todo('waits again'"),
            ("test('waits again'", "xtest('waits again'"),
        ],
    }
    .are(true);
    Cases {
        path: "src/total.test.js",
        before: SCRIPT,
        swaps: &[
            ("[1, 2, 3]", "[1, 2, 3, 4]"),
            ("  await expect(total(4)).resolves", "  return expect(total(4)).resolves"),
            ("  await expect(total(4)).resolves.toBe(4);\n", "  expect(await total(4)).toBe(4);\n"),
            ("  const got = await total(5);\n  expect(got).toBe(5);\n", "  return total(5).then((got) => {\n    expect(got).toBe(5);\n  });\n"),
            ("  const got = await total(5);\n  expect(got).toBe(5);\n", "  await total(5).then((got) => {\n    expect(got).toBe(5);\n  });\n"),
            ("async () => {\n  const got = await total(5);\n  expect(got).toBe(5);\n", "(done) => {\n  total(5).then((got) => {\n    expect(got).toBe(5);\n    done();\n  });\n"),
            ("  const got = await total(5);\n  expect(got).toBe(5);\n", "  await Promise.all([\n    expect(total(5)).resolves.toBe(5),\n  ]);\n"),
            ("test('waits again', async () => {\n  const got = await total(5);\n  expect(got).toBe(5);\n});", "test('waits again', () =>\n  total(5).then((got) => {\n    expect(got).toBe(5);\n  }));"),
            ("for (const n of [7, 8]) {\n  test(`goes ${n}`, () => {\n    expect(total(n)).toBe(n);\n  });\n}", "test.each([7, 8])('goes %i', (n) => {\n  expect(total(n)).toBe(n);\n});"),
        ],
    }
    .are(false);
}

const JAVA: &str = "class TotalTest {\n    @ParameterizedTest\n    @ValueSource(ints = {1, 2, 3})\n    void keeps(int n) {\n        assertEquals(n, total(n));\n    }\n\n    @ParameterizedTest\n    @MethodSource(\"pairs\")\n    void squares(int n, int want) {\n        assertEquals(want, total(n));\n    }\n\n    static Stream<Arguments> pairs() {\n        return Stream.of(arguments(1, 1), arguments(2, 4));\n    }\n\n    @Test\n    public void plain() {\n        assertEquals(0, total(0));\n    }\n}\n";

#[test]
fn rows_and_what_is_not_run_in_java() {
    let path = "src/test/java/TotalTest.java";
    Cases {
        path,
        before: JAVA,
        swaps: &[
            ("{1, 2, 3}", "{1, 3}"),
            (", arguments(2, 4)", ""),
            ("    public void plain", "    private void plain"),
            ("    public void plain", "    static void plain"),
            ("class TotalTest", "abstract class TotalTest"),
            ("    @Test\n    public void plain", "    public void plain"),
        ],
    }
    .are(true);
    Cases {
        path,
        before: JAVA,
        swaps: &[
            ("{1, 2, 3}", "{1, 2, 3, 4}"),
            ("    public void plain", "    void plain"),
            ("class TotalTest", "public final class TotalTest"),
            ("arguments(2, 4)", "arguments(2, 4), arguments(3, 9)"),
        ],
    }
    .are(false);
    // A class that surefire does not look for.
    let moved = |to: &str| {
        let after = JAVA.replace("class TotalTest", "class TotalChecks");
        [change(path, JAVA, ""), change(to, "", &after)]
    };
    judged(&moved("src/test/java/TotalChecks.java"), true);
    judged(&moved("src/test/java/TotalChecksTest.java"), false);
}

#[test]
fn weaker_checks_and_what_takes_the_place_of_the_subject_are_told() {
    told(
        "tests/test_total.py",
        PYTHON,
        &[
            (
                "    assert total(n) == want\n\n@",
                "    assert total(n) in (want, 0)\n\n@",
                "asks for less",
            ),
            (
                "    assert total(n) == want\n\n@",
                "    assert total(n)\n\n@",
                "asks for less",
            ),
            (
                "    assert total(1) in [1, 2, 3]\n",
                "    assert total(1)\n",
                "asks for less",
            ),
            (
                "def test_member():\n",
                "def test_member(monkeypatch):\n    monkeypatch.setattr(total, 'total', lambda n: 1)\n",
                "in place of",
            ),
        ],
    );
    told(
        "src/total.test.js",
        SCRIPT,
        &[
            (
                "expect(got).toBe(5)",
                "expect(got).toBeTruthy()",
                "asks for less",
            ),
            (
                "expect(got).toBe(5)",
                "expect(got).toBeDefined()",
                "asks for less",
            ),
            (
                "  const got = await",
                "  vi.spyOn(total, 'total').mockReturnValue(5);\n  const got = await",
                "in place of",
            ),
        ],
    );
    told(
        "src/test/java/TotalTest.java",
        JAVA,
        &[(
            "assertEquals(0, total(0))",
            "assertNotNull(total(0))",
            "asks for less",
        )],
    );
    told(
        "tests/total.rs",
        "#[test]\nfn one() {\n    let got = total(1);\n    assert_eq!(got, 1);\n}\n",
        &[("assert_eq!(got, 1)", "assert!(got > 0)", "asks for less")],
    );
    told(
        "total_test.go",
        "package total\n\nfunc TestOne(t *testing.T) {\n\tassert.Equal(t, 1, Total(1))\n}\n",
        &[(
            "assert.Equal(t, 1, Total(1))",
            "assert.NotNil(t, Total(1))",
            "asks for less",
        )],
    );
    told(
        "spec/total_spec.rb",
        "describe 'total' do\n  it 'one' do\n    expect(total(1)).to eq(1)\n  end\nend\n",
        &[("to eq(1)", "to be_truthy", "asks for less")],
    );
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
fn honest_work_over_several_files_lands() {
    // From one style to another, class by class.
    let unittest = "import unittest\nfrom total import total\n\nclass TestTotal(unittest.TestCase):\n    def setUp(self):\n        self.all = [1, 2]\n\n    def test_sum(self):\n        self.assertEqual(total(self.all), 3)\n\n    def test_none(self):\n        self.assertIsNone(total([]))\n\n    def test_wrong(self):\n        with self.assertRaises(ValueError):\n            total('x')\n";
    let pytest = "import pytest\nfrom total import total\n\n@pytest.fixture\ndef numbers():\n    return [1, 2]\n\ndef test_sum(numbers):\n    assert total(numbers) == 3\n\ndef test_none():\n    assert total([]) is None\n\ndef test_wrong():\n    with pytest.raises(ValueError):\n        total('x')\n";
    judged(&[change("tests/test_total.py", unittest, pytest)], false);
    // Split in two, with other names of files.
    let (one, two) = pytest.split_at(pytest.find("def test_none").unwrap());
    judged(
        &[
            change("tests/test_total.py", pytest, ""),
            change("tests/test_sum.py", "", one),
            change("tests/unit/test_none.py", "", two),
        ],
        false,
    );
    judged(
        &[
            change("tests/test_sum.py", one, ""),
            change("tests/unit/test_none.py", two, ""),
            change("tests/test_total.py", "", pytest),
        ],
        false,
    );
    // And where one is lost on the way, it is noticed.
    judged(
        &[
            change("tests/test_sum.py", one, ""),
            change("tests/unit/test_none.py", two, ""),
            change("tests/test_total.py", "", two),
        ],
        true,
    );
    // A helper takes the checks.
    let before = "test('a', () => {\n  const got = total(1);\n  expect(got.sum).toBe(1);\n  expect(got.count).toBe(1);\n});\n\ntest('b', () => {\n  const got = total(2);\n  expect(got.sum).toBe(2);\n  expect(got.count).toBe(1);\n});\n";
    let after = "function expectTotal(got, sum) {\n  expect(got.sum).toBe(sum);\n  expect(got.count).toBe(1);\n}\n\ntest('a', () => {\n  expectTotal(total(1), 1);\n});\n\ntest('b', () => {\n  expectTotal(total(2), 2);\n});\n";
    judged(&[change("src/total.test.js", before, after)], false);
    // A test goes with its code, and is told.
    let code = "def total(all):\n    return sum(all)\n\ndef spare(all):\n    return all[0]\n";
    let tests = "from total import total, spare\n\ndef test_total():\n    assert total([1]) == 1\n\ndef test_spare():\n    assert spare([1]) == 1\n";
    let findings = judged(
        &[
            change("total.py", code, "def total(all):\n    return sum(all)\n"),
            change(
                "tests/test_total.py",
                tests,
                "from total import total\n\ndef test_total():\n    assert total([1]) == 1\n",
            ),
        ],
        false,
    );
    assert!(
        tell(&findings).contains("deleted together with spare"),
        "{}",
        tell(&findings)
    );
}
