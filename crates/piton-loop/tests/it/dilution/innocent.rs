//! Changes that look like weaker tests in one word, and are none; and ways to
//! weaken a test that hide behind one word more.

use super::{Cases, change, judged};

const JAVASCRIPT: &str =
    "test('reads', async (t) => {\n  const got = await reads();\n  expect(got).toBe(1);\n});\n";

#[test]
fn javascript_in_which_one_word_decides() {
    Cases {
        path: "src/reads.test.ts",
        before: JAVASCRIPT,
        swaps: &[
            ("toBe(1)", "toBe(true)"),
            ("toBe(1)", "toBe(false)"),
            ("test('reads', ", "test('reads', { retries: 2 }, "),
            ("  expect(got)", "  parser.skip(2);\n  expect(got)"),
            (
                "  expect(got)",
                "  if (got === null)\n    return;\n  expect(got)",
            ),
            (
                "  expect(got).toBe(1);\n",
                "  const check = () => expect(got).toBe(1);\n  check();\n",
            ),
            (
                "  expect(got).toBe(1);\n",
                "  const check: Check = () => expect(got).toBe(1);\n  check();\n",
            ),
            (
                "  expect(got).toBe(1);\n",
                "  (expect(got >= 1).toBe(true));\n",
            ),
            ("  expect(got)", "  await got.catch(report);\n  expect(got)"),
            (
                "  expect(got).toBe(1);\n",
                "  then(() => {\n    expect(got).toBe(1);\n  });\n",
            ),
            ("toBe(1)", "toBe(`${f({ a: 1 }, `b`)}`)"),
        ],
    }
    .are(false, "javascript-one-word-let-through");
    Cases {
        path: "src/reads.test.ts",
        before: JAVASCRIPT,
        swaps: &[
            (
                "  expect(got).toBe(1);\n",
                "  const later = async () => expect(got).toBe(1);\n",
            ),
            (
                "  expect(got).toBe(1);\n",
                "  close(); expect(got).resolves.toBe(1);\n",
            ),
        ],
    }
    .are(true, "javascript-one-word-sent-back");
    Cases {
        path: "src/reads.test.ts",
        before: "test('reads', () => {\n  got.should.equal(3);\n});\n",
        swaps: &[("  got.should.equal(3);\n", "  got.equal(3);\n")],
    }
    .are(true, "javascript-should");
}

const PYTHON: &str = "def test_reads():\n    got = reads()\n    assert got == 1\n\ndef test_fails():\n    if not reads():\n        pytest.fail('no')\n";

#[test]
fn python_in_which_one_word_decides() {
    Cases {
        path: "tests/test_reads.py",
        before: PYTHON,
        swaps: &[
            ("assert got == 1", "assert (got == 1)"),
            ("assert got == 1", "assert got == True"),
            ("assert got == 1", "assert kind_of(AssertionError) == got"),
            (
                "    assert got == 1\n",
                "    def check():\n        assert got == 1\n    check()\n",
            ),
            (
                "    assert got == 1\n",
                "    assert got == 1\n\ntest_reads.slow = True\n",
            ),
            (
                "    assert got == 1\n",
                "    assert got == 1\n\ndef tidy():\n    test_reads = None\n",
            ),
            ("def test_reads", "__test__ = True\n\ndef test_reads"),
            ("    assert got == 1\n", "    check_total(got)\n"),
            (
                "    got = reads()\n    assert got == 1\n",
                "\tgot = reads()\n\tassert got == 1\n",
            ),
        ],
    }
    .are(false, "python-one-word-let-through");
    Cases {
        path: "tests/test_reads.py",
        before: PYTHON,
        swaps: &[
            ("        pytest.fail('no')\n", "        print('no')\n"),
            (
                "    got = reads()\n    assert got == 1\n",
                "    check_total()\n",
            ),
            (
                "    assert got == 1\n",
                "    @patch('a')\n    def one():\n        pass\n    got = 1\n    def later():\n        assert got == 1\n",
            ),
        ],
    }
    .are(true, "python-one-word-sent-back");
}

const RUST: &str = "#[cfg(unix)]\nmod unix;\n\n#[cfg(test)]\nmod checks;\n\n#[test]\nfn reads() {\n    let got = read();\n    assert_eq!(got, 1);\n}\n\n#[cfg(test)]\nfn help() {\n    assert!(is_there());\n}\n\ncases!(\n    #[test]\n    fn keeps() {\n        assert_eq!(keep(), 2);\n    }\n);\n";

#[test]
fn rust_in_which_one_word_decides() {
    Cases {
        path: "src/reads.rs",
        before: RUST,
        swaps: &[
            ("assert_eq!(got, 1)", "assert_eq!(got, &[false, true])"),
            ("assert_eq!(got, 1)", "assert!(matches!(got, Some(true | false)))"),
            (
                "    let got = read();\n    assert_eq!(got, 1);\n",
                "    let caught = std::panic::catch_unwind(|| read());\n    assert_eq!(caught, 1);\n",
            ),
            ("#[test]\nfn reads", "#[test]\n#[doc = \"a feature\"]\nfn reads"),
            ("#[cfg(unix)]\nmod unix;\n\n", ""),
            ("#[cfg(test)]\nfn help() {\n    assert!(is_there());\n}\n\n", ""),
        ],
    }
    .are(false, "rust-one-word-let-through");
    Cases {
        path: "src/reads.rs",
        before: RUST,
        swaps: &[
            ("#[cfg(test)]\nmod checks;\n", ""),
            ("        assert_eq!(keep(), 2);\n", ""),
            (
                "    assert_eq!(got, 1);\n",
                "    let later = move || assert_eq!(got, 1);\n",
            ),
        ],
    }
    .are(true, "rust-one-word-sent-back");
}

const GO: &str = "package reads\n\nfunc TestReads(t *testing.T) {\n\tgot := Reads()\n\tif got != 1 {\n\t\tt.Error(got)\n\t}\n}\n";

#[test]
fn go_in_which_one_word_decides() {
    Cases {
        path: "reads_test.go",
        before: GO,
        swaps: &[
            ("t.Error(got)", "t.Errorf(\"not %d\", 1)"),
            ("\tgot := Reads()\n", "\treader.Skip(2)\n\tgot := Reads()\n"),
            (
                "\tgot := Reads()\n",
                "\tall := []int{}\n\tgot := Reads(all)\n",
            ),
        ],
    }
    .are(false, "go-one-word-let-through");
}

const RUBY: &str = "RSpec.describe 'reads' do\n  before do\n    reset\n  end\n\n  it 'reads' do\n    got = reads\n    got.should eq(1)\n  end\nend\n\nclass OneTest < Minitest::Test\n  def test_one\n    assert_equal 1, one\n  end\n\n  def test_two\n    assert_equal 2, two\n  end\nend\n";

#[test]
fn ruby_in_which_one_word_decides() {
    Cases {
        path: "spec/reads_spec.rb",
        before: RUBY,
        swaps: &[
            ("  it 'reads' do", "  it 'reads', :skip => false do"),
            ("got.should eq(1)", "got.should_not eq(2)"),
            ("    reset\n", "    text = <<~END\n      =begin\n    END\n"),
            ("    reset\n", "    text = <<~END\n      __END__\n    END\n"),
            ("    assert_equal 1, one\n", "\tassert_equal 1, one\n"),
            (
                "  def test_two\n",
                "  def leave\n    skip\n  end\n\n  def test_two\n",
            ),
        ],
    }
    .are(false, "ruby-one-word-let-through");
    Cases {
        path: "spec/reads_spec.rb",
        before: RUBY,
        swaps: &[
            ("RSpec.describe 'reads' do", "RSpec.describe 'reads', :skip do"),
            ("RSpec.describe", "RSpec.xdescribe"),
            ("    got.should eq(1)\n", "    got.to_s\n"),
            ("    reset\n", "    reset\n    skip\n"),
            ("    got = reads\n", "    begin\n      got = reads\n    rescue Oops\n    end\n"),
            (
                "    got.should eq(1)\n",
                "    later = -> { got.should eq(1) }\n",
            ),
            (
                "  def test_two\n    assert_equal 2, two\n  end\n",
                "  def test_two\n    assert_equal 2, two\n  end\n\n  def test_one\n    one\n  end\n",
            ),
            ("  it 'reads' do", "  it 'reads', :skip => true do"),
            ("  it 'reads' do", "  it 'reads', :if => false do"),
        ],
    }
    .are(true, "ruby-one-word-sent-back");
}

#[test]
fn a_record_is_told_wherever_records_are_kept() {
    let code = change(
        "reads.py",
        "def reads():\n    return 1\n",
        "def reads():\n    return 2\n",
    );
    for (path, is_told) in [
        ("tests/a.snap", true),
        ("tests/golden/a.txt", true),
        ("testdata/a.json", true),
        ("fixtures/a.json", true),
        ("tests/a.approved.txt", true),
        ("docs/a.txt", false),
    ] {
        let found = judged(&[code.clone(), change(path, "1", "2")], false);
        assert_eq!(!found.is_empty(), is_told, "{path}");
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_read_as_far_as_it_goes() {
    for (path, text) in [
        ("tests/test_reads.py", PYTHON),
        ("src/reads.test.ts", JAVASCRIPT),
        ("tests/reads.rs", RUST),
        ("reads_test.go", GO),
        ("spec/reads_spec.rb", RUBY),
    ] {
        for (at, _) in text.char_indices().skip(1) {
            judged(&[change(path, "", &text[..at])], false);
        }
    }
}
