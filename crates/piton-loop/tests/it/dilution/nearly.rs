//! What looks like a weaker test and is none, and what looks like none and is.

use super::Cases;

const PYTHON: &str = "import os\n\nclass TestTotal:\n    def setup_method(self):\n        self.all = [1]\n\n    def test_sum(self):\n        assert total(self.all) == 1\n\ndef test_keeps():\n    got = total([2])\n    assert got == 2\n\n@pytest.mark.parametrize(argnames='n', argvalues=[70, 80])\ndef test_other(n):\n    assert other([n]) == n\n\n@pytest.mark.parametrize(argnames='n', argvalues=[7, 8])\ndef test_named(n):\n    assert total([n]) == n\n";

#[test]
fn nearly_weaker_python() {
    Cases {
        path: "tests/test_total.py",
        before: PYTHON,
        swaps: &[
            (
                "    got = total([2])\n",
                "    os.getcwd()\n    got = total([2])\n",
            ),
            (
                "    got = total([2])\n",
                "    sys.getsizeof(2)\n    got = total([2])\n",
            ),
            (
                "    got = total([2])\n    assert got == 2\n",
                "    @every(\n        2,\n    )\n    def check(n):\n        got = total([n])\n        assert got == 2\n",
            ),
            (
                "    got = total([2])\n",
                "    if got is None:\n        return\n    got = total([2])\n",
            ),
            (
                "    assert got == 2\n",
                "    assert got == 2\n    assert got not in []\n",
            ),
            (
                "    assert got == 2\n",
                "    assert got == 2\n    assert got & False == 0\n",
            ),
            (
                "    got = total([2])\n",
                "    try:\n        got = total([2])\n    except ValueError:\n        print('no')\n",
            ),
            (
                "    got = total([2])\n",
                "    with pytest.raises(ValueError):\n        total(None)\n    got = total([2])\n",
            ),
            (
                "    assert got == 2\n",
                "    assert got == 2\n\nother.__test__ = False\n",
            ),
            (
                "    assert got == 2\n",
                "    assert got == 2\n\ntest_keeps == None\n",
            ),
            ("import os\n", "import os\ntest_keeps = None\n"),
            (
                "        self.all = [1]\n",
                "        self.all = [1]\n        self.skip = 0\n",
            ),
            (
                "        self.all = [1]\n",
                "        self.all = [1]\n        pytest.mark(1)\n",
            ),
            (
                "import os\n",
                "import os\npytest.register_assert_rewrite('helpers')\n",
            ),
            (
                "class TestTotal:\n",
                "class TestTotal:\n    __test__ = True\n",
            ),
            ("argvalues=[7, 8]", "argvalues=[7, 8, 9]"),
        ],
    }
    .are(false, "python-nearly-let-through");
    Cases {
        path: "tests/test_total.py",
        before: PYTHON,
        swaps: &[
            (
                "    got = total([2])\n",
                "    try:\n        got = total([2])\n    except ValueError:\n        pass\n",
            ),
            (
                "    got = total([2])\n",
                "    try:\n        got = total([2])\n    except ValueError:\n        ...\n",
            ),
            (
                "        self.all = [1]\n",
                "        self.all = [1]\n        pytest.skip('x')\n",
            ),
            ("import os\n", "import os\n__test__ = False\n"),
            ("argvalues=[7, 8]", "argvalues=[7]"),
        ],
    }
    .are(true, "python-nearly-sent-back");
}

const JAVASCRIPT: &str = "beforeEach(() => {\n  t.reset();\n});\n\ntest('calls', () => {\n  expect(seen()).toBe(1);\n});\n\ntest('asks', function () {\n  expect(all()).toBe(2);\n  const more = [1].map((one) => one + 1);\n});\n\ntest('told', (t) => {\n  t.is(told(), 3);\n});\n";

#[test]
fn nearly_weaker_javascript() {
    Cases {
        path: "src/calls.test.js",
        before: JAVASCRIPT,
        swaps: &[
            ("  expect(seen())", "  try {\n    close();\n  } catch (e) {\n    console.log(e);\n  }\n  expect(seen())"),
            ("  expect(seen()).toBe(1);\n", "  (() => {\n    expect(seen()).toBe(1);\n  })();\n"),
            ("test('calls', () => {", "test('calls', { skip: false }, () => {"),
            ("test('calls', () => {", "test('calls', function () {\n  const one = () => 1;"),
            ("  expect(seen())", "  const quoted = /a\\/b/.test('c');\n  expect(seen())"),
            ("  expect(seen())", "  process.cwd();\n  expect(seen())"),
            ("  t.reset();\n", "  t.reset();\n  context.clear();\n"),
            ("test('calls', () => {", "test('calls', (t) => {\n  t.plan;"),
            ("test('calls'", "extra('x');\ntest('calls'"),
            ("test('calls', () => {\n  expect(seen()).toBe(1);\n});\n", "test.describe('group', () => {\n  test('calls', () => {\n    expect(seen()).toBe(1);\n  });\n});\n"),
            ("  t.is(told(), 3);\n", "  t.truthy(told() === 3);\n"),
        ],
    }
    .are(false, "javascript-nearly-let-through");
    Cases {
        path: "src/calls.test.js",
        before: JAVASCRIPT,
        swaps: &[
            ("  expect(seen()).toBe(1);\n", "  assert(got === got);\n"),
            ("  expect(seen()).toBe(1);\n", "  (() => {\n    expect(seen()).toBe(1);\n  });\n"),
            ("  expect(all()).toBe(2);\n", ""),
            ("  t.is(told(), 3);\n", "  told();\n"),
            ("  t.is(told(), 3);\n", "  x.is(told(), 3);\n"),
            ("test('calls', () => {", "test('calls', (t) => {\n  t.skip();"),
            ("test('calls', () => {", "test('calls', { skip: true }, () => {"),
            ("test('calls', () => {\n  expect(seen()).toBe(1);\n});\n", "if (false) {\n  test('calls', () => {\n    expect(seen()).toBe(1);\n  });\n}\n"),
            ("test('calls', () => {\n  expect(seen()).toBe(1);\n});\n", "if (0) test('calls', () => {\n  expect(seen()).toBe(1);\n});\n"),
            ("test('calls', () => {\n  expect(seen()).toBe(1);\n});\n", "test.describe.skip('group', () => {\n  test('calls', () => {\n    expect(seen()).toBe(1);\n  });\n});\n"),
        ],
    }
    .are(true, "javascript-nearly-sent-back");
}

const RUST: &str = "#[test]\nfn keeps() {\n    let got = total(&[2]);\n    assert_eq!(got, 2);\n}\n\n#[test]\nfn goes() {\n    for (n, want) in vec![(1, 1), (2, 4)] {\n        assert_eq!(total(n), want);\n    }\n    for (n, want) in &[(3, 9), (4, 16)] {\n        assert_eq!(total(n), want);\n    }\n}\n\n#[rstest]\nfn holds(#[values(5, 6)] n: u32) {\n    assert_eq!(total(n), n);\n}\n";

#[test]
fn nearly_weaker_rust() {
    Cases {
        path: "tests/total.rs",
        before: RUST,
        swaps: &[
            (
                "    let got = total(&[2]);\n",
                "    let got = total(&[2]);\n    if got == 0 {\n        return;\n    }\n",
            ),
            (
                "    let got = total(&[2]);\n",
                "    let got = total(&[2]);\n    process::id();\n",
            ),
            ("    assert_eq!(got, 2);\n", "    assert!(got | 1 == 3);\n"),
            ("(#[values(5, 6)]", "(#[values(5, 6, 7)]"),
        ],
    }
    .are(false, "rust-nearly-let-through");
    Cases {
        path: "tests/total.rs",
        before: RUST,
        swaps: &[
            ("vec![(1, 1), (2, 4)]", "vec![(1, 1)]"),
            ("&[(3, 9), (4, 16)]", "&[(4, 16)]"),
            ("(#[values(5, 6)]", "(#[values(5)]"),
            (
                "#[test]\nfn keeps",
                "#[test]\n#[cfg(feature = \"x\")]\nfn keeps",
            ),
            ("#[test]\nfn keeps", "#[tested]\nfn keeps"),
        ],
    }
    .are(true, "rust-nearly-sent-back");
}

const GO: &str = "package total\n\nfunc TestAll(t *testing.T) {\n\tfor n, want := range map[int]int{1: 1, 2: 4} {\n\t\tassert.Equal(t, want, Total(n))\n\t}\n}\n";

const JAVA: &str = "class TotalTest {\n    @BeforeEach\n    void prepare() {\n        reset();\n    }\n\n    @Test\n    void sums() {\n        int got = total(1, 2);\n        assertEquals(3, got);\n    }\n\n    @ParameterizedTest\n    @CsvSource(textBlock = \"\"\"\n        4, 16\n        5, 25\n        \"\"\")\n    void squares(int n, int want) {\n        assertEquals(want, total(n));\n    }\n}\n";

#[test]
fn nearly_weaker_go_and_java() {
    Cases {
        path: "total_test.go",
        before: GO,
        swaps: &[("1: 1, 2: 4", "1: 1")],
    }
    .are(true, "go-nearly-sent-back");
    Cases {
        path: "total_test.go",
        before: GO,
        swaps: &[
            ("1: 1, 2: 4", "1: 1, 2: 4, 3: 9"),
            ("\tfor n", "\tos.Getpid()\n\tfor n"),
        ],
    }
    .are(false, "go-nearly-let-through");
    Cases {
        path: "src/test/java/TotalTest.java",
        before: JAVA,
        swaps: &[
            ("        5, 25\n", ""),
            ("assertEquals(3, got)", "service.fail(got)"),
            ("        reset();\n", "        assumeTrue(false);\n"),
        ],
    }
    .are(true, "java-nearly-sent-back");
    Cases {
        path: "src/test/java/TotalTest.java",
        before: JAVA,
        swaps: &[
            ("        reset();\n", "        reset();\n        all = list();\n"),
            ("        reset();\n", "        reset();\n        all = new ArrayList();\n"),
            ("        int got", "        System.gc();\n        int got"),
            ("        assertEquals(3, got);\n", "        try { close(); } catch (Throwable e) { log(e); }\n        assertEquals(3, got);\n"),
            ("assertEquals(3, got)", "assertEquals(3, got);\n        verify(service).closed()"),
        ],
    }
    .are(false, "java-nearly-let-through");
    for name in ["TestTotal", "ITTotal"] {
        let after = JAVA.replace("TotalTest", name);
        let to = format!("src/test/java/{name}.java");
        let from = "src/test/java/TotalTest.java";
        super::judged(
            &[
                super::change(from, JAVA, ""),
                super::change(&to, "", &after),
            ],
            false,
        );
    }
}

const RUBY: &str = "describe 'total' do\n  before do\n    reset\n  end\n\n  it 'sums' do\n    got = total(1, 2)\n    expect(got).to eq(3)\n  end\nend\n\nclass OneTest < Minitest::Test\n  def test_it\n    assert_equal 'a', name\n  end\nend\n\nclass TwoTest < Minitest::Test\n  def test_it\n    assert_equal 'b', name\n    assert_equal 'c', other\n  end\nend\n";

#[test]
fn nearly_weaker_ruby() {
    Cases {
        path: "spec/total_spec.rb",
        before: RUBY,
        swaps: &[
            (
                "    got = total(1, 2)\n",
                "    got = total(1, 2)\n    next if got.nil?\n",
            ),
            (
                "    got = total(1, 2)\n",
                "    half = got / 2; third = got / 3\n    got = total(1, 2)\n",
            ),
            (
                "    assert_equal 'a', name\n",
                "    ready or return\n    assert_equal 'a', name\n",
            ),
            (
                "    got = total(1, 2)\n",
                "    begin\n      got = total(1, 2)\n    rescue Oops => e\n      puts e\n    end\n",
            ),
            ("  it 'sums' do", "  it 'sums', if: true do"),
            ("  it 'sums' do", "  it 'sums', skip_blank: true do"),
            (
                "    reset\n",
                "    reset\n    skip = 1 if skips { |one| one }\n",
            ),
        ],
    }
    .are(false, "ruby-nearly-let-through");
    Cases {
        path: "spec/total_spec.rb",
        before: RUBY,
        swaps: &[
            ("    assert_equal 'a', name\n", "    name\n"),
            ("  it 'sums' do\n", "  it 'sums', if: false do\n"),
            ("    reset\n", "    pending\n"),
        ],
    }
    .are(true, "ruby-nearly-sent-back");
}
