//! Dishonest and honest changes of tests in Python.

use super::{Cases, change, judged};

pub(super) const TESTS: &str = "import pytest\n\nclass TestTotal:\n    def test_sum(self):\n        assert total([1, 2]) == 3\n        assert total([]) == 0\n\ndef test_name():\n    with pytest.raises(ValueError):\n        name(None)\n";

#[test]
fn python_tests_that_were_weakened_are_sent_back() {
    Cases {
        path: "tests/test_total.py",
        before: TESTS,
        swaps: &[
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
        ],
    }
    .are(true, "python-weakened");
    judged(
        &[change(
            "tests/test_total.py",
            TESTS,
            &format!("{TESTS}\ndef test_name():\n    pass\n"),
        )],
        true,
    );
    let renamed = [
        change("tests/test_total.py", TESTS, ""),
        change("tests/total_checks.py", "", TESTS),
    ];
    // No runner finds it.
    judged(&renamed, true);
}

pub(super) const LONGER: &str = "import os\nimport pytest\nimport unittest\n\nclass TestTotal(unittest.TestCase):\n    def setUp(self):\n        self.all = [1, 2]\n\n    def test_sum(self):\n        result = total(self.all)\n        self.assertEqual(result, 3)\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_keeps(n):\n    got = total([n])\n    assert got == n\n";

#[test]
fn dishonest_python() {
    Cases {
        path: "tests/test_total.py",
        before: LONGER,
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
    .are(true, "python-dishonest");
}

#[test]
fn honest_python() {
    Cases {
        path: "tests/test_total.py",
        before: LONGER,
        swaps: &[
            ("    got = total([n])\n    assert got == n\n", "    assert total([n]) == n\n"),
            ("    assert got == n\n", "    assert_same(got, n)\n"),
            ("    assert got == n\n", "    check_total(got, n)\n"),
            ("    assert got == n\n", "    assert got == n, f'{got} is not {n}'\n"),
            ("    assert got == n\n", "    with subtests.test(n):\n        assert got == n\n"),
            ("    assert got == n\n", "    if n > 0:\n        assert got == n\n"),
            ("    assert got == n\n", "    for _ in range(2):\n        assert got == n\n"),
            ("    assert got == n\n", "    try:\n        assert got == n\n    finally:\n        close()\n"),
            ("    assert got == n\n", "    try:\n        assert got == n\n    except AssertionError:\n        print(got)\n        raise\n"),
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
    .are(false, "python-honest");
}

pub(super) const ROWS: &str = "import pytest\nfrom total import total\n\nCASES = [\n    (1, 1),\n    (2, 4),\n    (3, 9),\n]\n\n@pytest.mark.parametrize('n, want', CASES)\ndef test_named(n, want):\n    assert total(n) == want\n\n@pytest.mark.parametrize(\n    'n, want',\n    [\n        (1, 1),\n        pytest.param(2, 4, id='two'),\n        (3, 9),\n    ],\n)\ndef test_squares(n, want):\n    assert total(n) == want\n\ndef test_loop():\n    for n, want in [(5, 25), (6, 36)]:\n        assert total(n) == want\n\ndef test_member():\n    assert total(1) in [1, 2, 3]\n";

#[test]
fn a_row_that_goes_is_a_test_that_goes_in_python() {
    Cases {
        path: "tests/test_total.py",
        before: ROWS,
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
    .are(true, "python-rows-sent-back");
    Cases {
        path: "tests/test_total.py",
        before: ROWS,
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
    .are(false, "python-rows-let-through");
}
