//! Changes that weaken tests are found, and honest ones pass.

use piton_loop::dilution::{FileChange, Finding, Policy, compare, refused, tell};

fn change(path: &str, before: &str, after: &str) -> FileChange {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FileChange {
        path: path.into(),
        before: text(before),
        after: text(after),
    }
}

fn found(changes: &[FileChange]) -> Vec<Finding> {
    compare(changes, &[])
}

#[track_caller]
fn sent_back(path: &str, before: &str, after: &str) {
    let findings = found(&[change(path, before, after)]);
    assert!(
        refused(Policy::Refuse, &findings),
        "passed: {path}\n{after}\n{}",
        tell(&findings)
    );
    assert!(
        !refused(Policy::Report, &findings),
        "a report refuses nothing"
    );
}

#[track_caller]
fn passes(changes: &[FileChange]) {
    let findings = found(changes);
    assert!(
        !refused(Policy::Refuse, &findings),
        "sent back:\n{}",
        tell(&findings)
    );
}

const PYTHON: &str = "import pytest\n\nclass TestTotal:\n    def test_sum(self):\n        assert total([1, 2]) == 3\n        assert total([]) == 0\n\ndef test_name():\n    with pytest.raises(ValueError):\n        name(None)\n";

#[test]
fn python_tests_that_were_weakened_are_sent_back() {
    for (from, to) in [
        (
            "def test_name():\n    with pytest.raises(ValueError):\n        name(None)\n",
            "",
        ),
        (
            "    def test_sum",
            "    @pytest.mark.skip(reason='later')\n    def test_sum",
        ),
        (
            "    def test_sum",
            "    @pytest.mark.skipif(True, reason='x')\n    def test_sum",
        ),
        (
            "    def test_sum",
            "    @pytest.mark.xfail\n    def test_sum",
        ),
        ("class TestTotal", "@unittest.skip('x')\nclass TestTotal"),
        (
            "import pytest\n",
            "import pytest\npytestmark = pytest.mark.skip\n",
        ),
        (
            "import pytest\n",
            "import pytest\npytest.skip('no', allow_module_level=True)\n",
        ),
        (
            "class TestTotal:\n",
            "class TestTotal:\n    __test__ = False\n",
        ),
        ("class TestTotal", "class _TestTotal"),
        ("def test_name", "def _test_name"),
        ("def test_name", "def check_name"),
        ("def test_name():\n", "def test_name():\n    return\n"),
        (
            "def test_name():\n",
            "def test_name():\n    pytest.skip('flaky')\n",
        ),
        (
            "        assert total([1, 2]) == 3\n        assert total([]) == 0\n",
            "        pass\n",
        ),
        (
            "        assert total([1, 2]) == 3\n        assert total([]) == 0\n",
            "        assert True\n",
        ),
        (
            "        assert total([1, 2]) == 3\n        assert total([]) == 0\n",
            "        if False:\n            assert total([1, 2]) == 3\n            assert total([]) == 0\n",
        ),
        (
            "        assert total([1, 2]) == 3\n        assert total([]) == 0\n",
            "        try:\n            assert total([1, 2]) == 3\n            assert total([]) == 0\n        except Exception:\n            pass\n",
        ),
        (
            "        assert total([1, 2]) == 3\n        assert total([]) == 0\n",
            "        # assert total([1, 2]) == 3\n        total([])\n",
        ),
        (
            "def test_name():\n    with",
            "\"\"\"\ndef test_name():\n    with",
        ),
    ] {
        assert!(PYTHON.contains(from), "{from}");
        sent_back("tests/test_total.py", PYTHON, &PYTHON.replace(from, to));
    }
    sent_back(
        "tests/test_total.py",
        PYTHON,
        &format!("{PYTHON}\ndef test_name():\n    pass\n"),
    );
    let renamed = [
        change("tests/test_total.py", PYTHON, ""),
        change("tests/total_checks.py", "", PYTHON),
    ];
    assert!(
        refused(Policy::Refuse, &found(&renamed)),
        "a file that no runner finds"
    );
}

const RUST: &str = "pub fn total(all: &[u32]) -> u32 { all.iter().sum() }\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn sums() {\n        assert_eq!(total(&[1, 2]), 3);\n        assert!(total(&[]) == 0, \"{}\", \"}\");\n    }\n\n    #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    }\n}\n";

#[test]
fn rust_tests_that_were_weakened_are_sent_back() {
    for (from, to) in [
        (
            "    #[test]\n    fn sums",
            "    #[test]\n    #[ignore]\n    fn sums",
        ),
        (
            "    #[test]\n    fn sums",
            "    #[ignore = \"slow\"]\n    #[test]\n    fn sums",
        ),
        (
            "    #[test]\n    fn sums",
            "    #[cfg_attr(all(), ignore)]\n    #[test]\n    fn sums",
        ),
        ("    #[test]\n    fn sums", "    fn sums"),
        (
            "    #[test]\n    fn sums",
            "    #[cfg(any())]\n    #[test]\n    fn sums",
        ),
        ("#[cfg(test)]\nmod", "#[cfg(any())]\nmod"),
        ("    fn sums() {\n", "    fn sums() {\n        return;\n"),
        (
            "        assert_eq!(wait().await, 1);\n",
            "        let _ = wait().await;\n",
        ),
        (
            "        assert_eq!(wait().await, 1);\n",
            "        assert!(true);\n",
        ),
        (
            "    #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    }\n",
            "",
        ),
        (
            "    #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    }\n",
            "    /* #[tokio::test]\n    async fn waits() {\n        assert_eq!(wait().await, 1);\n    } */\n",
        ),
    ] {
        assert!(RUST.contains(from), "{from}");
        sent_back("src/lib.rs", RUST, &RUST.replace(from, to));
    }
    sent_back("tests/it/main.rs", "mod one;\nmod two;\n", "mod one;\n");
    sent_back("src/lib.rs", "#[cfg(test)]\nmod tests;\n", "\n");
}

const SCRIPT: &str = "import { total } from './total';\n\ndescribe('total', () => {\n  it('sums', () => {\n    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n  });\n\n  test.each([[1], [2]])('keeps %i', async (n) => {\n    expect(await total([n])).toBe(n);\n  });\n});\n";

#[test]
fn javascript_tests_that_were_weakened_are_sent_back() {
    for (from, to) in [
        ("it('sums'", "it.skip('sums'"),
        ("it('sums'", "xit('sums'"),
        ("it('sums'", "it.todo('sums'"),
        ("it('sums'", "it.only('sums'"),
        ("it('sums'", "fit('sums'"),
        ("describe('total'", "describe.skip('total'"),
        ("describe('total'", "xdescribe('total'"),
        ("it('sums', () => {\n", "it('sums', () => {\n    return;\n"),
        ("it('sums', () => {", "it('sums', { skip: true }, () => {"),
        (
            "  it('sums', () => {\n    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n  });\n",
            "",
        ),
        (
            "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
            "",
        ),
        (
            "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
            "    expect(true).toBe(true);\n",
        ),
        (
            "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
            "    // expect(total([1, 2])).toBe(3);\n",
        ),
        (
            "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
            "    try {\n      expect(total([1, 2])).toBe(3);\n      expect(total([])).toBe(0);\n    } catch (e) {}\n",
        ),
        (
            "    expect(total([1, 2])).toBe(3);\n    expect(total([])).toBe(0);\n",
            "    if (false) {\n      expect(total([1, 2])).toBe(3);\n      expect(total([])).toBe(0);\n    }\n",
        ),
        ("test.each([[1], [2]])(", "test.skip.each([[1], [2]])("),
    ] {
        assert!(SCRIPT.contains(from), "{from}");
        for path in ["src/total.test.ts", "test/total.mjs"] {
            sent_back(path, SCRIPT, &SCRIPT.replace(from, to));
        }
    }
}

const GO: &str = "package total\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif got := Sum(1, 2); got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n}\n\nfunc TestEmpty(t *testing.T) {\n\trequire.Equal(t, 0, Sum())\n}\n";

#[test]
fn go_tests_that_were_weakened_are_sent_back() {
    for (from, to) in [
        (
            "func TestSum(t *testing.T) {\n",
            "func TestSum(t *testing.T) {\n\tt.Skip(\"later\")\n",
        ),
        ("func TestSum", "func testSum"),
        ("func TestSum", "func Testsum"),
        ("\t\tt.Errorf(\"got %d\", got)\n", ""),
        ("\trequire.Equal(t, 0, Sum())\n", "\tSum()\n"),
        (
            "func TestEmpty(t *testing.T) {\n\trequire.Equal(t, 0, Sum())\n}\n",
            "",
        ),
        (
            "func TestEmpty(t *testing.T) {\n",
            "func TestEmpty(t *testing.T) {\n\treturn\n",
        ),
    ] {
        assert!(GO.contains(from), "{from}");
        sent_back("total_test.go", GO, &GO.replace(from, to));
    }
    let hidden = [
        change("total_test.go", GO, ""),
        change("total_tests.go", "", GO),
    ];
    assert!(refused(Policy::Refuse, &found(&hidden)));
}

const JAVA: &str = "class TotalTest {\n    @Test\n    void sums() {\n        assertEquals(3, total(1, 2));\n        assertThat(total()).isZero();\n    }\n\n    @ParameterizedTest\n    @ValueSource(ints = {1, 2})\n    void keeps(int n) throws Exception {\n        assertEquals(n, total(n));\n    }\n}\n";

#[test]
fn java_tests_that_were_weakened_are_sent_back() {
    for (from, to) in [
        (
            "    @Test\n    void sums",
            "    @Test\n    @Disabled\n    void sums",
        ),
        (
            "    @Test\n    void sums",
            "    @Ignore(\"x\")\n    @Test\n    void sums",
        ),
        (
            "    @Test\n    void sums",
            "    @Test(enabled = false)\n    void sums",
        ),
        ("    @Test\n    void sums", "    void sums"),
        ("class TotalTest", "@Disabled class TotalTest"),
        (
            "        assertEquals(n, total(n));\n",
            "        Assumptions.assumeTrue(false);\n        assertEquals(n, total(n));\n",
        ),
        ("        assertEquals(n, total(n));\n", ""),
        (
            "        assertEquals(n, total(n));\n",
            "        assertTrue(true);\n",
        ),
        (
            "        assertEquals(n, total(n));\n",
            "        try { assertEquals(n, total(n)); } catch (Throwable e) { }\n",
        ),
        (
            "    @Test\n    void sums() {\n        assertEquals(3, total(1, 2));\n        assertThat(total()).isZero();\n    }\n",
            "",
        ),
    ] {
        assert!(JAVA.contains(from), "{from}");
        sent_back(
            "src/test/java/TotalTest.java",
            JAVA,
            &JAVA.replace(from, to),
        );
    }
}

const RUBY: &str = "describe 'total' do\n  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n    expect(total).to eq(0)\n  end\nend\n\nclass NameTest < Minitest::Test\n  def test_name\n    assert_equal 'a', name\n  end\nend\n";

#[test]
fn ruby_tests_that_were_weakened_are_sent_back() {
    for (from, to) in [
        ("  it 'sums'", "  xit 'sums'"),
        ("  it 'sums'", "  fit 'sums'"),
        ("  it 'sums' do", "  it 'sums', skip: true do"),
        ("  it 'sums' do\n", "  it 'sums' do\n    skip\n"),
        ("  it 'sums' do\n", "  it 'sums' do\n    pending 'later'\n"),
        ("describe 'total'", "xdescribe 'total'"),
        ("  def test_name", "  def name_test"),
        ("    assert_equal 'a', name\n", "    name\n"),
        ("    assert_equal 'a', name\n", "    assert true\n"),
        (
            "    assert_equal 'a', name\n",
            "    skip 'x'\n    assert_equal 'a', name\n",
        ),
        (
            "  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n    expect(total).to eq(0)\n  end\n",
            "  it 'sums'\n",
        ),
        (
            "  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n    expect(total).to eq(0)\n  end\n",
            "=begin\n  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n  end\n=end\n",
        ),
    ] {
        assert!(RUBY.contains(from), "{from}");
        sent_back("spec/total_spec.rb", RUBY, &RUBY.replace(from, to));
    }
}

#[test]
fn tests_that_moved_were_renamed_or_split_are_no_loss() {
    for (path, to, text, name, other) in [
        (
            "tests/test_total.py",
            "tests/unit/test_sums.py",
            PYTHON,
            "test_name",
            "test_names_are_needed",
        ),
        ("src/lib.rs", "tests/it/total.rs", RUST, "sums", "adds_up"),
        (
            "src/total.test.ts",
            "src/sums.spec.ts",
            SCRIPT,
            "'sums'",
            "'adds up'",
        ),
        ("total_test.go", "sums_test.go", GO, "TestSum", "TestAddsUp"),
        ("TotalTest.java", "SumTest.java", JAVA, "sums", "addsUp"),
        (
            "spec/total_spec.rb",
            "spec/sum_spec.rb",
            RUBY,
            "'sums'",
            "'adds up'",
        ),
    ] {
        passes(&[change(path, text, text)]);
        passes(&[change(path, text, ""), change(to, "", text)]);
        passes(&[change(path, text, &text.replace(name, other))]);
        passes(&[
            change(path, text, ""),
            change(to, "", &text.replace(name, other)),
        ]);
        let commented = text.replace("\n\n", "\n\n\n");
        passes(&[change(path, text, &commented)]);
    }
    let split = PYTHON.replace(
        "        assert total([]) == 0\n",
        "\n    def test_nothing(self):\n        assert total([]) == 0\n",
    );
    passes(&[change("tests/test_total.py", PYTHON, &split)]);
    let merged = "import pytest\n\ndef test_everything():\n    assert total([1, 2]) == 3\n    assert total([]) == 0\n    with pytest.raises(ValueError):\n        name(None)\n";
    passes(&[change("tests/test_total.py", PYTHON, merged)]);
}

#[test]
fn honest_work_on_tests_passes() {
    let more = format!("{PYTHON}\ndef test_more():\n    assert total([4]) == 4\n");
    passes(&[change("tests/test_total.py", PYTHON, &more)]);
    passes(&[change(
        "tests/test_total.py",
        PYTHON,
        &PYTHON.replace("total(", "sums.total("),
    )]);
    passes(&[change("tests/test_new.py", "", PYTHON)]);
    let unskipped = PYTHON.replace(
        "    def test_sum",
        "    @pytest.mark.skip\n    def test_sum",
    );
    passes(&[change("tests/test_total.py", &unskipped, PYTHON)]);
    passes(&[change(
        "tests/test_total.py",
        &unskipped,
        &unskipped.replace("[4]", "[5]"),
    )]);
    let helper = RUST.replace("        assert_eq!(total(&[1, 2]), 3);\n        assert!(total(&[]) == 0, \"{}\", \"}\");\n", "        check_total(&[1, 2], 3);\n        check_total(&[], 0);\n");
    passes(&[change("src/lib.rs", RUST, &helper)]);
    passes(&[change(
        "src/main.rs",
        "fn main() { println!(\"test\"); }",
        "fn main() {}",
    )]);
    let promise = SCRIPT.replace(
        "    expect(total([1, 2])).toBe(3);\n",
        "    return expect(total([1, 2])).toBe(3);\n",
    );
    passes(&[change("src/total.test.ts", SCRIPT, &promise)]);
}

#[test]
fn a_test_may_go_with_the_code_that_it_tested() {
    let code = change(
        "src/total.py",
        "def total(all):\n    return sum(all)\n\ndef name(n):\n    raise ValueError\n",
        "def total(all):\n    return sum(all)\n",
    );
    let gone = PYTHON.split("def test_name").next().unwrap();
    let findings = found(&[code, change("tests/test_total.py", PYTHON, gone)]);
    assert_eq!(
        tell(&findings),
        "- tests/test_total.py:8: the test test_name was deleted together with name\n"
    );
    assert!(!refused(Policy::Refuse, &findings));

    let renamed = change(
        "src/total.py",
        "def name(n):\n    raise ValueError\n",
        "def label(n):\n    return ''\n",
    );
    let findings = found(&[renamed, change("tests/test_total.py", PYTHON, gone)]);
    assert!(
        refused(Policy::Refuse, &findings),
        "code that was renamed keeps its tests"
    );
}

#[test]
fn expected_values_that_change_with_the_code_are_told() {
    let code = change(
        "src/total.py",
        "def total(all):\n    return sum(all)\n",
        "def total(all):\n    return sum(all) + 1\n",
    );
    let test = change(
        "tests/test_total.py",
        PYTHON,
        &PYTHON.replace("== 3", "== 4"),
    );
    let findings = found(&[code.clone(), test.clone()]);
    assert_eq!(
        tell(&findings),
        "- tests/test_total.py:4: what the test test_sum expects changed together with the code\n"
    );
    assert!(
        found(&[test]).is_empty(),
        "a corrected test alone is no sign"
    );
    let record = change("tests/__snapshots__/a.snap", "1", "2");
    assert_eq!(
        tell(&found(&[code, record])),
        "- tests/__snapshots__/a.snap: a recorded answer changed together with the code\n"
    );
}

#[test]
fn fewer_checks_are_told() {
    let fewer = PYTHON.replace("        assert total([]) == 0\n", "");
    let findings = found(&[change("tests/test_total.py", PYTHON, &fewer)]);
    assert_eq!(
        tell(&findings),
        "- tests/test_total.py:4: the test test_sum has 1 of 2 checks left\n"
    );
    assert!(!refused(Policy::Refuse, &findings));
}

#[test]
fn what_decides_how_tests_run_is_told_first() {
    let command = [
        "./run-tests.sh".to_owned(),
        "--config=ci/tests.cfg".to_owned(),
    ];
    let changes = [
        change("tests/test_total.py", PYTHON, ""),
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
fn no_text_at_all_makes_it_fail() {
    let odd = [
        "",
        "\0",
        "def test_",
        "#[test]",
        "#[test",
        "it(",
        "it('a', ",
        "func Test",
        "@Test",
        "@",
        "it 'a' do",
        "mod",
        "#",
        "class",
        "async",
        "async def test_a",
        "\u{feff}\"\"\"",
        "test.each`",
        "=begin",
        "def test_a(\n",
        "fn f() { #[test] }",
        "describe('x', () => it('y', () => {",
    ];
    for path in [
        "test_a.py",
        "a.rs",
        "a.test.ts",
        "a_test.go",
        "A.java",
        "a_spec.rb",
        "a.txt",
    ] {
        for before in odd {
            for after in odd {
                let _ = compare(
                    &[FileChange {
                        path: path.into(),
                        before: Some(before.into()),
                        after: Some(after.into()),
                    }],
                    &[],
                );
            }
        }
    }
}
