//! Many ways of weakening tests, and many honest ones of changing them, in
//! each language.

use std::fmt::Write as _;

use piton_loop::dilution::{FileChange, Policy, compare, refused, tell};

/// A file before a change, and texts in it with what is put in their place.
pub(crate) struct Cases<'a> {
    pub(crate) path: &'a str,
    pub(crate) before: &'a str,
    pub(crate) swaps: &'a [(&'a str, &'a str)],
}

impl Cases<'_> {
    /// Returns each case with whether it is sent back.
    fn judged(&self) -> Vec<(String, bool)> {
        let judge = |(from, to): &(&str, &str)| {
            assert!(self.before.contains(from), "{}: {from}", self.path);
            let after = self.before.replacen(from, to, 1);
            let change = FileChange {
                path: self.path.into(),
                before: Some(self.before.into()),
                after: Some(after),
            };
            let findings = compare(&[change], &[]);
            let told = format!("{}: {from:?} is now {to:?}\n{}", self.path, tell(&findings));
            (told, refused(Policy::Refuse, &findings))
        };
        self.swaps.iter().map(judge).collect()
    }

    #[track_caller]
    pub(crate) fn are(&self, sent_back: bool) {
        let mut wrong = String::new();
        for (told, found) in self.judged() {
            if found != sent_back {
                let _ = writeln!(wrong, "{told}");
            }
        }
        let should = if sent_back {
            "sent back"
        } else {
            "let through"
        };
        assert!(
            wrong.is_empty(),
            "{} should be {should}:\n{wrong}",
            self.path
        );
    }
}

const PYTHON: &str = "import os\nimport pytest\nimport unittest\n\nclass TestTotal(unittest.TestCase):\n    def setUp(self):\n        self.all = [1, 2]\n\n    def test_sum(self):\n        result = total(self.all)\n        self.assertEqual(result, 3)\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_keeps(n):\n    got = total([n])\n    assert got == n\n";

#[test]
fn dishonest_python() {
    Cases {
        path: "tests/test_total.py",
        before: PYTHON,
        swaps: &[
            ("    def test_sum", "    @unittest.skipIf(True, 'x')\n    def test_sum"),
            ("    def test_sum", "    @unittest.expectedFailure\n    def test_sum"),
            ("        result = total(self.all)\n", "        self.skipTest('x')\n        result = total(self.all)\n"),
            ("        result = total(self.all)\n", "        raise unittest.SkipTest('x')\n        result = total(self.all)\n"),
            ("        self.all = [1, 2]\n", "        self.skipTest('later')\n"),
            ("    got = total([n])\n", "    got = total([n])\n    return\n"),
            ("    got = total([n])\n", "    pytest.xfail('x')\n    got = total([n])\n"),
            ("    got = total([n])\n", "    if not os.environ.get('RUN_ALL'):\n        pytest.skip('x')\n    got = total([n])\n"),
            ("    assert got == n\n", "    print(got == n)\n"),
            ("    assert got == n\n", "    logging.info(got)\n"),
            ("    assert got == n\n", "    assert got == n or True\n"),
            ("    assert got == n\n", "    assert True or got == n\n"),
            ("    assert got == n\n", "    assert got == got\n"),
            ("    assert got == n\n", "    assert (got == n, 'a tuple')\n"),
            ("    assert got == n\n", "    assert 1 == 1\n"),
            ("    assert got == n\n", "    got == n\n"),
            ("    assert got == n\n", "    with contextlib.suppress(AssertionError):\n        assert got == n\n"),
            ("    assert got == n\n", "    with contextlib.suppress(Exception):\n        assert got == n\n"),
            ("    assert got == n\n", "    with pytest.raises(AssertionError):\n        assert got == n\n"),
            ("    assert got == n\n", "    try:\n        assert got == n\n    except AssertionError as error:\n        print(error)\n"),
            ("    assert got == n\n", "    try:\n        assert got == n\n    except:\n        return\n"),
            ("    assert got == n\n", "    try:\n        assert got == n\n    finally:\n        return\n"),
            ("    assert got == n\n", "    while False:\n        assert got == n\n"),
            ("    assert got == n\n", "    for _ in []:\n        assert got == n\n"),
            ("    assert got == n\n", "    def later():\n        assert got == n\n"),
            ("    assert got == n\n", "    later = lambda: self.fail()\n"),
            ("    assert got == n\n", "    os._exit(0)\n    assert got == n\n"),
            ("        self.assertEqual(result, 3)\n", "        self.assertEqual(result, result)\n"),
            ("        self.assertEqual(result, 3)\n", "        self.assertTrue(True)\n"),
            ("        self.assertEqual(result, 3)\n", "        self.assertTrue(result == 3 or True)\n"),
            ("        self.assertEqual(result, 3)\n", "        str(result)\n"),
            ("[1, 2])\ndef", "[])\ndef"),
            ("[1, 2])\ndef", "[pytest.param(1, marks=pytest.mark.skip), 2])\ndef"),
            ("def test_keeps(n):\n    got = total([n])\n    assert got == n\n", "if False:\n    def test_keeps(n):\n        got = total([n])\n        assert got == n\n"),
            ("def test_keeps(n):\n    got = total([n])\n    assert got == n\n", "if os.environ.get('ALL'):\n    def test_keeps(n):\n        got = total([n])\n        assert got == n\n"),
            ("def test_keeps(n):\n    got = total([n])\n    assert got == n\n", "def inner():\n    def test_keeps(n):\n        got = total([n])\n        assert got == n\n"),
            ("@pytest.mark.parametrize('n', [1, 2])\n", "@pytest.fixture\n"),
            ("import os\n", "import os\n'''\n"),
            ("import os\n", "import os\nnothing = pytest.importorskip('nothing')\n"),
            ("import os\n", "import os\npytestmark = [pytest.mark.skip(reason='x')]\n"),
            ("import os\n", "import os\ncollect_ignore = ['test_total.py']\n@pytest.fixture(autouse=True)\ndef no():\n    pytest.skip('x')\n"),
            ("class TestTotal(unittest.TestCase):\n", "@pytest.mark.skip\nclass TestTotal(unittest.TestCase):\n"),
            ("class TestTotal(unittest.TestCase):\n", "class TestTotal(unittest.TestCase):\n    pytestmark = pytest.mark.skip\n"),
            ("def test_keeps", "def no_test_keeps"),
            ("    assert got == n\n", "    assert got == n\n\ndef test_keeps(n):\n    pass\n"),
            ("    assert got == n\n", "    assert got == n\n\ntest_keeps = None\n"),
            ("    assert got == n\n", "    assert got == n\n\ndel test_keeps\n"),
            ("    assert got == n\n", "    assert got == n\n\ntest_keeps.__test__ = False\n"),
        ],
    }
    .are(true);
}

#[test]
fn honest_python() {
    Cases {
        path: "tests/test_total.py",
        before: PYTHON,
        swaps: &[
            ("    got = total([n])\n    assert got == n\n", "    assert total([n]) == n\n"),
            ("    assert got == n\n", "    assert_same(got, n)\n"),
            ("    assert got == n\n", "    check_total(got, n)\n"),
            ("    assert got == n\n", "    assert got == n, f'{got} is not {n}'\n"),
            ("    assert got == n\n", "    with subtests.test(n):\n        assert got == n\n"),
            ("    assert got == n\n", "    if n > 0:\n        assert got == n\n"),
            ("    assert got == n\n", "    for _ in range(2):\n        assert got == n\n"),
            ("    assert got == n\n", "    try:\n        assert got == n\n    finally:\n        close()\n"),
            ("        self.assertEqual(result, 3)\n", "        assert result == 3\n"),
            ("        self.assertEqual(result, 3)\n", "        self.assertIs(result, 3)\n"),
            ("[1, 2])\ndef", "[1, 2, 3])\ndef"),
            ("@pytest.mark.parametrize('n', [1, 2])\ndef test_keeps(n):\n    got = total([n])\n    assert got == n\n", "def test_keeps_one():\n    got = total([1])\n    assert got == 1\n\ndef test_keeps():\n    got = total([2])\n    assert got == 2\n"),
            ("def test_keeps", "async def test_keeps"),
            ("def test_keeps", "@pytest.mark.slow\ndef test_keeps"),
            ("class TestTotal(unittest.TestCase):\n", "class TestTotals(unittest.TestCase):\n"),
            ("        self.all = [1, 2]\n", "        self.all = list(range(1, 3))\n"),
            ("import os\n", "import os\nfrom skipping import skipper\n"),
            ("    assert got == n\n", "    assert got == n\n\n@pytest.mark.skip\ndef test_to_come():\n    assert total([9]) == 9\n"),
            ("    assert got == n\n", "    assert got == n\n\ndef skip_blank(line):\n    return line.strip()\n"),
        ],
    }
    .are(false);
}

const RUST: &str = "pub fn total(all: &[u32]) -> u32 {\n    all.iter().sum()\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn sums() {\n        let got = total(&[1, 2]);\n        assert_eq!(got, 3);\n    }\n\n    #[test_case(1)]\n    #[test_case(2)]\n    fn keeps(n: u32) -> Result<(), Error> {\n        let got = total(&[n]);\n        assert!(got == n, \"{got}\");\n        Ok(())\n    }\n}\n";

#[test]
fn dishonest_rust() {
    Cases {
        path: "src/lib.rs",
        before: RUST,
        swaps: &[
            ("    #[test]\n", "    #[test]\n    #[should_panic]\n"),
            ("    #[test]\n", "    #[test]\n    #[ignore = \"x\"]\n"),
            ("    #[test]\n", "    #[test]\n    #[cfg(feature = \"never\")]\n"),
            ("    #[test]\n", "    #[test]\n    #[cfg(not(test))]\n"),
            ("    #[test]\n", "    #[test]\n    #[cfg(target_os = \"windows\")]\n"),
            ("    #[test]\n", "    #[cfg_attr(not(feature = \"all\"), ignore)]\n    #[test]\n"),
            ("    #[test]\n", "    #[allow(dead_code)]\n"),
            ("#[cfg(test)]\n", "#[cfg(all(test, feature = \"never\"))]\n"),
            ("#[cfg(test)]\n", "#[cfg(not(test))]\n"),
            ("mod tests {\n", "mod tests {\n    #![cfg(any())]\n"),
            ("pub fn total", "#![cfg(any())]\npub fn total"),
            ("        let got = total(&[1, 2]);\n", "        if true {\n            return;\n        }\n        let got = total(&[1, 2]);\n"),
            ("        let got = total(&[1, 2]);\n", "        let got = total(&[1, 2]);\n        return;\n"),
            ("        let got = total(&[1, 2]);\n", "        std::process::exit(0);\n        let got = total(&[1, 2]);\n"),
            ("        let got = total(&[n]);\n", "        let got = total(&[n]);\n        return Ok(());\n"),
            ("        assert_eq!(got, 3);\n", "        println!(\"{got}\");\n"),
            ("        assert_eq!(got, 3);\n", "        dbg!(got == 3);\n"),
            ("        assert_eq!(got, 3);\n", "        let _ = got == 3;\n"),
            ("        assert_eq!(got, 3);\n", "        drop(got);\n"),
            ("        assert_eq!(got, 3);\n", "        assert_eq!(got, got);\n"),
            ("        assert_eq!(got, 3);\n", "        assert_eq!(3, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        assert!(got == 3 || true);\n"),
            ("        assert_eq!(got, 3);\n", "        assert!(true || got == 3);\n"),
            ("        assert_eq!(got, 3);\n", "        if false {\n            assert_eq!(got, 3);\n        }\n"),
            ("        assert_eq!(got, 3);\n", "        #[cfg(any())]\n        assert_eq!(got, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        let _ = std::panic::catch_unwind(|| assert_eq!(got, 3));\n"),
            ("        assert_eq!(got, 3);\n", "        let _ = || assert_eq!(got, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        // assert_eq!(got, 3);\n"),
            ("        assert_eq!(got, 3);\n", "        /* assert_eq!(got, 3); */\n"),
            ("        assert_eq!(got, 3);\n", "        \"assert_eq!(got, 3);\";\n"),
            ("    #[test_case(1)]\n    #[test_case(2)]\n    fn", "    fn"),
            ("mod tests {", "macro_rules! nothing {\n    () => {"),
        ],
    }
    .are(true);
}

#[test]
fn honest_rust() {
    Cases {
        path: "src/lib.rs",
        before: RUST,
        swaps: &[
            (
                "        let got = total(&[1, 2]);\n        assert_eq!(got, 3);\n",
                "        assert_eq!(total(&[1, 2]), 3);\n",
            ),
            (
                "        assert_eq!(got, 3);\n",
                "        assert_eq!(got, 3, \"{got}\");\n",
            ),
            ("        assert_eq!(got, 3);\n", "        check(got, 3);\n"),
            (
                "        assert_eq!(got, 3);\n",
                "        assert_total!(got, 3);\n",
            ),
            (
                "    #[test]\n",
                "    #[test]\n    #[allow(clippy::unwrap_used)]\n",
            ),
            ("    #[test]\n", "    #[tokio::test]\n    async\n"),
            ("    fn sums", "    fn adds_up"),
            (
                "    #[test_case(2)]\n",
                "    #[test_case(2)]\n    #[test_case(3)]\n",
            ),
            ("    all.iter().sum()\n", "    all.iter().copied().sum()\n"),
            ("pub fn total", "/// Adds up.\npub fn total"),
            (
                "        Ok(())\n",
                "        assert!(n > 0);\n        Ok(())\n",
            ),
            (
                "#[cfg(test)]\n",
                "#[cfg(any(test, feature = \"testing\"))]\n",
            ),
        ],
    }
    .are(false);
}

const SCRIPT: &str = "import { total } from './total';\n\nbeforeEach(() => {\n  reset();\n});\n\ndescribe('total', () => {\n  it('sums', async () => {\n    const got = await total([1, 2]);\n    expect(got).toBe(3);\n  });\n\n  it.each([1, 2])('keeps %i', (n) => {\n    expect(total([n])).toEqual(n);\n  });\n});\n\ntest('plain', () => {\n  assert.equal(total([]), 0);\n});\n";

#[test]
fn dishonest_javascript() {
    for path in ["src/total.test.ts", "src/total.spec.js", "test/total.mjs"] {
        Cases {
            path,
            before: SCRIPT,
            swaps: &[
                ("it('sums'", "it.skip('sums'"),
                ("it('sums'", "it.failing('sums'"),
                ("it('sums'", "it.fails('sums'"),
                ("it('sums'", "it.skipIf(true)('sums'"),
                ("it('sums'", "it.runIf(process.env.ALL)('sums'"),
                ("it('sums'", "xit('sums'"),
                ("it('sums'", "xtest('sums'"),
                ("it('sums'", "test.todo('sums'"),
                ("it('sums'", "nothing('sums'"),
                ("it.each([1, 2])", "it.each([])"),
                ("it.each([1, 2])", "xit.each([1, 2])"),
                ("it.each([1, 2])", "it.only.each([1, 2])"),
                ("test('plain', ", "test('plain', { skip: 'later' }, "),
                ("test('plain', ", "test('plain', { todo: true }, "),
                ("test('plain', ", "Deno.test.ignore('plain', "),
                ("test('plain', ", "test.fixme('plain', "),
                ("describe('total', () => {\n", "describe.skip('total', () => {\n"),
                ("describe('total', () => {\n", "describe.only('total', () => {\n"),
                ("describe('total', () => {\n", "describe.skipIf(true)('total', () => {\n"),
                ("describe('total', () => {\n", "describe('total', () => {\n  return;\n"),
                ("describe('total', () => {\n", "if (false) describe('total', () => {\n"),
                ("  reset();\n", "  this.skip();\n"),
                ("    const got = await total([1, 2]);\n", "    const got = await total([1, 2]);\n    return;\n"),
                ("    const got = await total([1, 2]);\n", "    if (!process.env.ALL) return;\n    const got = await total([1, 2]);\n"),
                ("    const got = await total([1, 2]);\n", "    process.exit(0);\n    const got = await total([1, 2]);\n"),
                ("    expect(got).toBe(3);\n", "    console.log(got);\n"),
                ("    expect(got).toBe(3);\n", "    expect(got);\n"),
                ("    expect(got).toBe(3);\n", "    expect(got).toBe(got);\n"),
                ("    expect(got).toBe(3);\n", "    expect(got === 3 || true).toBe(true);\n"),
                ("    expect(got).toBe(3);\n", "    expect(1).toBe(1);\n"),
                ("    expect(got).toBe(3);\n", "    expect(true).toBeTruthy();\n"),
                ("    expect(got).toBe(3);\n", "    void got;\n"),
                ("    expect(got).toBe(3);\n", "    String(got);\n"),
                ("    expect(got).toBe(3);\n", "    try {\n      expect(got).toBe(3);\n    } catch (error) {\n      console.log(error);\n    }\n"),
                ("    expect(got).toBe(3);\n", "    try {\n      expect(got).toBe(3);\n    } catch {\n    }\n"),
                ("    expect(got).toBe(3);\n", "    (() => {\n      expect(got).toBe(3);\n    });\n"),
                ("    expect(got).toBe(3);\n", "    const later = () => expect(got).toBe(3);\n"),
                ("    expect(got).toBe(3);\n", "    [].forEach(() => expect(got).toBe(3));\n"),
                ("    expect(got).toBe(3);\n", "    while (false) expect(got).toBe(3);\n"),
                ("    expect(got).toBe(3);\n", "    `expect(got).toBe(3);`;\n"),
                ("  assert.equal(total([]), 0);\n", "  assert.ok(true);\n"),
                ("  assert.equal(total([]), 0);\n", "  assert.equal(total([]), total([]));\n"),
                ("test('plain', () => {\n  assert.equal(total([]), 0);\n});\n", "test('plain');\n"),
                ("test('plain', () => {\n  assert.equal(total([]), 0);\n});\n", "test('plain', () => {});\n"),
            ],
        }
        .are(true);
    }
}

#[test]
fn honest_javascript() {
    Cases {
        path: "src/total.test.ts",
        before: SCRIPT,
        swaps: &[
            ("it('sums'", "test('sums'"),
            ("it('sums'", "it.concurrent('sums'"),
            ("'sums'", "\"sums\""),
            ("'sums'", "'adds up'"),
            ("expect(got).toBe(3)", "expect(got).toEqual(3)"),
            ("expect(got).toBe(3)", "assert.strictEqual(got, 3)"),
            ("expect(got).toBe(3)", "expectTotal(got, 3)"),
            (
                "    expect(got).toBe(3);\n",
                "    return expect(got).toBe(3);\n",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    for (const one of [got]) {\n      expect(one).toBe(3);\n    }\n",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    await waitFor(() => expect(got).toBe(3));\n",
            ),
            (
                "    expect(got).toBe(3);\n",
                "    [got].forEach((one) => expect(one).toBe(3));\n",
            ),
            (
                "    const got = await total([1, 2]);\n    expect(got).toBe(3);\n",
                "    await expect(total([1, 2])).resolves.toBe(3);\n",
            ),
            ("async () => {\n", "async function () {\n"),
            ("it.each([1, 2])", "it.each([1, 2, 3])"),
            (
                "describe('total', () => {\n",
                "describe('the total', () => {\n",
            ),
            ("  reset();\n", "  reset();\n  skipBlankLines();\n"),
            (
                "test('plain', () => {\n  assert.equal(total([]), 0);\n});\n",
                "test('plain', () => {\n  assert.equal(total([]), 0);\n});\n\ntest.todo('more');\n",
            ),
        ],
    }
    .are(false);
}

const GO: &str = "package total\n\nimport \"testing\"\n\nfunc TestMain(m *testing.M) {\n\tos.Exit(m.Run())\n}\n\nfunc TestSum(t *testing.T) {\n\tgot := Sum(1, 2)\n\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n}\n\nfunc TestEach(t *testing.T) {\n\tfor _, n := range []int{1, 2} {\n\t\tt.Run(\"one\", func(t *testing.T) {\n\t\t\tassert.Equal(t, n, Sum(n))\n\t\t})\n\t}\n}\n";

#[test]
fn dishonest_go() {
    Cases {
        path: "total_test.go",
        before: GO,
        swaps: &[
            ("package total\n", "//go:build ignore\n\npackage total\n"),
            (
                "package total\n",
                "//go:build integration\n\npackage total\n",
            ),
            ("package total\n", "// +build never\n\npackage total\n"),
            (
                "\tgot := Sum(1, 2)\n",
                "\tt.SkipNow()\n\tgot := Sum(1, 2)\n",
            ),
            (
                "\tgot := Sum(1, 2)\n",
                "\tt.Skipf(\"%d\", 1)\n\tgot := Sum(1, 2)\n",
            ),
            (
                "\tgot := Sum(1, 2)\n",
                "\tif testing.Short() {\n\t\tt.Skip()\n\t}\n\tgot := Sum(1, 2)\n",
            ),
            ("\tgot := Sum(1, 2)\n", "\tgot := Sum(1, 2)\n\treturn\n"),
            (
                "\tgot := Sum(1, 2)\n",
                "\tif os.Getenv(\"ALL\") == \"\" {\n\t\treturn\n\t}\n\tgot := Sum(1, 2)\n",
            ),
            ("\tgot := Sum(1, 2)\n", "\tos.Exit(0)\n\tgot := Sum(1, 2)\n"),
            (
                "\t\tt.Errorf(\"got %d\", got)\n",
                "\t\tt.Logf(\"got %d\", got)\n",
            ),
            (
                "\t\tt.Errorf(\"got %d\", got)\n",
                "\t\tfmt.Printf(\"got %d\", got)\n",
            ),
            ("\tif got != 3 {\n", "\tif false {\n"),
            ("\tif got != 3 {\n", "\tif got != 3 && false {\n"),
            (
                "\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n",
                "\t_ = got\n",
            ),
            (
                "func TestSum(t *testing.T)",
                "func BenchmarkSum(t *testing.B)",
            ),
            ("func TestSum(t *testing.T)", "func checkSum(t *testing.T)"),
            (
                "func TestSum(t *testing.T)",
                "func (x T) TestSum(t *testing.T)",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tt.Skip()\n\t\t\tassert.Equal(t, n, Sum(n))\n",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tassert.Equal(t, n, n)\n",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tassert.True(t, true)\n",
            ),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tfmt.Println(n, Sum(n))\n",
            ),
            ("[]int{1, 2}", "[]int{}"),
            ("\tos.Exit(m.Run())\n", "\tos.Exit(0)\n"),
            ("func TestEach", "/*\nfunc TestEach"),
        ],
    }
    .are(true);
}

#[test]
fn honest_go() {
    Cases {
        path: "total_test.go",
        before: GO,
        swaps: &[
            (
                "\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n",
                "\trequire.Equal(t, 3, got)\n",
            ),
            (
                "\tif got != 3 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n",
                "\tcheckSum(t, got, 3)\n",
            ),
            (
                "\t\tt.Errorf(\"got %d\", got)\n",
                "\t\tt.Fatalf(\"got %d\", got)\n",
            ),
            (
                "\tgot := Sum(1, 2)\n",
                "\tt.Parallel()\n\tgot := Sum(1, 2)\n",
            ),
            ("func TestSum", "func TestAddsUp"),
            ("[]int{1, 2}", "[]int{1, 2, 3}"),
            (
                "package total\n",
                "// Package total adds up.\npackage total\n",
            ),
            ("\t\tt.Run(\"one\", func", "\t\tt.Run(fmt.Sprint(n), func"),
            (
                "\t\t\tassert.Equal(t, n, Sum(n))\n",
                "\t\t\tif got := Sum(n); got != n {\n\t\t\t\tt.Fatal(got)\n\t\t\t}\n",
            ),
        ],
    }
    .are(false);
}

const JAVA: &str = "package a;\n\nimport org.junit.jupiter.api.Test;\n\nclass TotalTest {\n    @BeforeEach\n    void prepare() {\n        reset();\n    }\n\n    @Test\n    void sums() {\n        int got = total(1, 2);\n        assertEquals(3, got);\n    }\n\n    @Test\n    public void keeps() throws Exception {\n        assertThat(total(4)).isEqualTo(4);\n    }\n}\n";

#[test]
fn dishonest_java() {
    Cases {
        path: "src/test/java/a/TotalTest.java",
        before: JAVA,
        swaps: &[
            ("    @Test\n", "    @Test\n    @Disabled(\"x\")\n"),
            ("    @Test\n", "    @org.junit.Ignore\n    @Test\n"),
            ("    @Test\n", "    @DisabledOnOs(OS.LINUX)\n    @Test\n"),
            ("    @Test\n", "    @EnabledIfEnvironmentVariable(named = \"ALL\", matches = \"1\")\n    @Test\n"),
            ("    @Test\n", "    @EnabledIfSystemProperty(named = \"all\", matches = \"1\")\n    @Test\n"),
            ("    @Test\n", "    @Test(enabled = false)\n"),
            ("    @Test\n", "    @Test(expected = Throwable.class)\n"),
            ("    @Test\n", "    @Test(expected = AssertionError.class)\n"),
            ("    @Test\n", "    @Override\n"),
            ("    @Test\n", "    // @Test\n"),
            ("class TotalTest", "@Disabled\nclass TotalTest"),
            ("        reset();\n", "        assumeTrue(false);\n"),
            ("        reset();\n", "        throw new SkipException(\"x\");\n"),
            ("        int got = total(1, 2);\n", "        assumeTrue(System.getenv(\"ALL\") != null);\n        int got = total(1, 2);\n"),
            ("        int got = total(1, 2);\n", "        int got = total(1, 2);\n        if (true) return;\n"),
            ("        int got = total(1, 2);\n", "        if (System.getenv(\"ALL\") == null) return;\n        int got = total(1, 2);\n"),
            ("        int got = total(1, 2);\n", "        System.exit(0);\n        int got = total(1, 2);\n"),
            ("        int got = total(1, 2);\n", "        throw new TestAbortedException();\n"),
            ("        assertEquals(3, got);\n", "        System.out.println(got);\n"),
            ("        assertEquals(3, got);\n", "        log.info(got);\n"),
            ("        assertEquals(3, got);\n", "        assert true;\n"),
            ("        assertEquals(3, got);\n", "        assertEquals(got, got);\n"),
            ("        assertEquals(3, got);\n", "        assertTrue(got == 3 || true);\n"),
            ("        assertEquals(3, got);\n", "        assertNotNull(\"x\");\n"),
            ("        assertEquals(3, got);\n", "        try { assertEquals(3, got); } catch (AssertionError e) { e.printStackTrace(); }\n"),
            ("        assertEquals(3, got);\n", "        try { assertEquals(3, got); } finally { return; }\n"),
            ("        assertEquals(3, got);\n", "        Runnable later = () -> assertEquals(3, got);\n"),
            ("        assertEquals(3, got);\n", "        if (false) { assertEquals(3, got); }\n"),
            ("        assertThat(total(4)).isEqualTo(4);\n", "        assertThat(total(4));\n"),
            ("        assertThat(total(4)).isEqualTo(4);\n", "        total(4);\n"),
        ],
    }
    .are(true);
}

#[test]
fn honest_java() {
    Cases {
        path: "src/test/java/a/TotalTest.java",
        before: JAVA,
        swaps: &[
            ("        assertEquals(3, got);\n", "        assertThat(got).isEqualTo(3);\n"),
            ("        assertEquals(3, got);\n", "        assertTotal(3, got);\n"),
            ("        assertEquals(3, got);\n", "        assertEquals(3, got, \"the sum\");\n"),
            ("        assertEquals(3, got);\n", "        Assertions.assertEquals(3, got);\n"),
            ("    @Test\n", "    @Test\n    @DisplayName(\"adds up\")\n"),
            ("    @Test\n", "    @Test\n    @Timeout(5)\n"),
            ("    @Test\n    void sums() {\n        int got = total(1, 2);\n", "    @ParameterizedTest\n    @ValueSource(ints = {3})\n    void sums(int n) {\n        int got = total(1, 2);\n"),
            ("    void sums", "    void addsUp"),
            ("    void sums", "    public final void sums"),
            ("        reset();\n", "        reset();\n        ignoreBlankLines();\n"),
            ("class TotalTest", "@Tag(\"fast\")\nclass TotalTest"),
            ("        assertThat(total(4)).isEqualTo(4);\n", "        assertThat(total(4), is(4));\n"),
        ],
    }
    .are(false);
}

const RUBY: &str = "require 'total'\n\nRSpec.describe 'total' do\n  before do\n    reset\n  end\n\n  it 'sums' do\n    got = total(1, 2)\n    expect(got).to eq(3)\n  end\n\n  it('keeps') { expect(total(4)).to eq(4) }\nend\n\nclass NameTest < Minitest::Test\n  def setup\n    reset\n  end\n\n  def test_name\n    got = name\n    assert_equal 'a', got\n  end\nend\n";

#[test]
fn dishonest_ruby() {
    Cases {
        path: "spec/total_spec.rb",
        before: RUBY,
        swaps: &[
            ("  it 'sums' do\n", "  xit 'sums' do\n"),
            ("  it 'sums' do\n", "  pending 'sums' do\n"),
            ("  it 'sums' do\n", "  xspecify 'sums' do\n"),
            ("  it 'sums' do\n", "  it 'sums', :skip do\n"),
            ("  it 'sums' do\n", "  it 'sums', skip: 'later' do\n"),
            ("  it 'sums' do\n", "  it 'sums', :pending do\n"),
            ("  it 'sums' do\n", "  it 'sums', :focus do\n"),
            ("  it 'sums' do\n", "  it 'sums', if: false do\n"),
            ("RSpec.describe 'total' do\n", "RSpec.xdescribe 'total' do\n"),
            ("RSpec.describe 'total' do\n", "RSpec.describe 'total', skip: true do\n"),
            ("RSpec.describe 'total' do\n", "RSpec.describe 'total', :skip do\n"),
            ("require 'total'\n", "require 'total'\n__END__\n"),
            ("require 'total'\n", "require 'total'\n=begin\n"),
            ("  before do\n    reset\n", "  before do\n    skip\n"),
            ("  def setup\n    reset\n", "  def setup\n    skip 'x'\n"),
            ("    got = total(1, 2)\n", "    got = total(1, 2)\n    next\n"),
            ("    got = total(1, 2)\n", "    skip unless ENV['ALL']\n    got = total(1, 2)\n"),
            ("    got = total(1, 2)\n", "    next unless ENV['ALL']\n    got = total(1, 2)\n"),
            ("    got = total(1, 2)\n", "    exit!(0)\n    got = total(1, 2)\n"),
            ("    expect(got).to eq(3)\n", "    puts got\n"),
            ("    expect(got).to eq(3)\n", "    p got\n"),
            ("    expect(got).to eq(3)\n", "    expect(got)\n"),
            ("    expect(got).to eq(3)\n", "    expect(got).to eq(got)\n"),
            ("    expect(got).to eq(3)\n", "    expect(true).to be true\n"),
            ("    expect(got).to eq(3)\n", "    expect(got == 3 || true).to be true\n"),
            ("    expect(got).to eq(3)\n", "    expect(got).to eq(3) if false\n"),
            ("    expect(got).to eq(3)\n", "    begin\n      expect(got).to eq(3)\n    rescue RSpec::Expectations::ExpectationNotMetError => e\n      puts e\n    end\n"),
            ("    expect(got).to eq(3)\n", "    lambda { expect(got).to eq(3) }\n"),
            ("  it('keeps') { expect(total(4)).to eq(4) }\n", "  it('keeps') { total(4) }\n"),
            ("  it('keeps') { expect(total(4)).to eq(4) }\n", "  it('keeps')\n"),
            ("  it('keeps') { expect(total(4)).to eq(4) }\n", "  xit('keeps') { expect(total(4)).to eq(4) }\n"),
            ("  def test_name\n", "  def xtest_name\n"),
            ("  def test_name\n", "  private\n\n  def test_name\n"),
            ("    got = name\n", "    return\n    got = name\n"),
            ("    got = name\n", "    got = name\n    return\n"),
            ("    assert_equal 'a', got\n", "    assert_equal got, got\n"),
            ("    assert_equal 'a', got\n", "    assert true\n"),
            ("    assert_equal 'a', got\n", "    assert got == 'a' || true\n"),
            ("    assert_equal 'a', got\n", "    assert_equal 'a', got rescue nil\n"),
        ],
    }
    .are(true);
}

#[test]
fn honest_ruby() {
    Cases {
        path: "spec/total_spec.rb",
        before: RUBY,
        swaps: &[
            ("    expect(got).to eq(3)\n", "    expect(got).to eql(3)\n"),
            ("    expect(got).to eq(3)\n", "    expect_total(got, 3)\n"),
            (
                "    expect(got).to eq(3)\n",
                "    aggregate_failures do\n      expect(got).to eq(3)\n    end\n",
            ),
            (
                "    expect(got).to eq(3)\n",
                "    [got].each { |one| expect(one).to eq(3) }\n",
            ),
            ("  it 'sums' do\n", "  it 'adds up' do\n"),
            ("  it 'sums' do\n", "  specify 'sums' do\n"),
            ("  it 'sums' do\n", "  it 'sums', :slow do\n"),
            (
                "  it('keeps') { expect(total(4)).to eq(4) }\n",
                "  it 'keeps' do\n    expect(total(4)).to eq(4)\n  end\n",
            ),
            ("    assert_equal 'a', got\n", "    _(got).must_equal 'a'\n"),
            (
                "    assert_equal 'a', got\n",
                "    assert_equal 'a', got, 'the name'\n",
            ),
            (
                "  def setup\n    reset\n",
                "  def setup\n    reset\n    skip_blank_lines\n",
            ),
            ("RSpec.describe 'total' do\n", "RSpec.describe Total do\n"),
        ],
    }
    .are(false);
}

#[test]
fn checks_of_what_they_are_called_on_are_checks() {
    let mock = "def test_calls():\n    call(mock)\n    assert seen\n";
    Cases {
        path: "tests/test_calls.py",
        before: mock,
        swaps: &[
            ("    assert seen\n", "    mock.assert_called_once()\n"),
            (
                "    assert seen\n",
                "    mock.assert_called_once_with(1, 2)\n",
            ),
            ("    assert seen\n", "    assert is_seen('it')\n"),
            ("    assert seen\n", "    assert seen == {'a': 1}\n"),
            (
                "    assert seen\n",
                "    with pytest.raises(ValueError):\n        call(None)\n",
            ),
            (
                "    assert seen\n",
                "    np.testing.assert_allclose(seen, 1)\n",
            ),
        ],
    }
    .are(false);
    Cases {
        path: "tests/it/calls.rs",
        before: "#[test]\nfn calls() {\n    assert!(seen());\n}\n",
        swaps: &[
            ("assert!(seen())", "let _ = seen().unwrap_err()"),
            ("assert!(seen())", "seen().expect_err(\"no\")"),
            ("assert!(seen())", "assert!(is_seen(\"it\"))"),
            ("assert!(seen())", "assert_eq!(seen(), [1, 2])"),
            (
                "assert!(seen())",
                "let Some(_) = seen() else { panic!(\"no\") }",
            ),
        ],
    }
    .are(false);
    Cases {
        path: "test/calls_test.rb",
        before: "class CallsTest < Minitest::Test\n  def test_calls\n    assert seen\n  end\nend\n",
        swaps: &[
            ("assert seen", "assert_raises(Error) { seen }"),
            (
                "    assert seen\n",
                "    assert_raises do\n      seen\n    end\n",
            ),
            ("assert seen", "assert_predicate seen, :empty?"),
            ("assert seen", "value(seen).must_equal 1"),
            ("assert seen", "flunk unless seen"),
        ],
    }
    .are(false);
    Cases {
        path: "src/calls.test.js",
        before: "test('calls', () => {\n  expect(seen()).toBe(1);\n});\n",
        swaps: &[
            ("expect(seen()).toBe(1)", "expect(seen())\n    .toBe(1)"),
            ("expect(seen()).toBe(1)", "expect(() => seen()).toThrow()"),
            ("expect(seen()).toBe(1)", "assert(seen() === 1)"),
            ("expect(seen()).toBe(1)", "assert.throws(() => seen())"),
            ("expect(seen()).toBe(1)", "expect.soft(seen()).toBe(1)"),
        ],
    }
    .are(false);
}
