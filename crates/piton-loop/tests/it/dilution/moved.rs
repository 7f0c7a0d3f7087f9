//! Tests that moved, in whatever language, are no loss.

use piton_loop::dilution::tell;

use super::{change, go, java, javascript, judged, python, ruby, rust};

#[test]
fn tests_that_moved_were_renamed_or_split_are_no_loss() {
    for (path, to, text, name, other) in [
        (
            "tests/test_total.py",
            "tests/unit/test_sums.py",
            python::TESTS,
            "test_name",
            "test_names_are_needed",
        ),
        (
            "src/lib.rs",
            "tests/it/total.rs",
            rust::TESTS,
            "sums",
            "adds_up",
        ),
        (
            "src/total.test.ts",
            "src/sums.spec.ts",
            javascript::TESTS,
            "'sums'",
            "'adds up'",
        ),
        (
            "total_test.go",
            "sums_test.go",
            go::TESTS,
            "TestSum",
            "TestAddsUp",
        ),
        (
            "TotalTest.java",
            "SumTest.java",
            java::TESTS,
            "sums",
            "addsUp",
        ),
        (
            "spec/total_spec.rb",
            "spec/sum_spec.rb",
            ruby::TESTS,
            "'sums'",
            "'adds up'",
        ),
    ] {
        judged(&[change(path, text, text)], false);
        judged(&[change(path, text, ""), change(to, "", text)], false);
        judged(&[change(path, text, &text.replace(name, other))], false);
        judged(
            &[
                change(path, text, ""),
                change(to, "", &text.replace(name, other)),
            ],
            false,
        );
        let commented = text.replace("\n\n", "\n\n\n");
        judged(&[change(path, text, &commented)], false);
    }
    let split = python::TESTS.replace(
        "        assert total([]) == 0\n",
        "\n    def test_nothing(self):\n        assert total([]) == 0\n",
    );
    judged(
        &[change("tests/test_total.py", python::TESTS, &split)],
        false,
    );
    let merged = "import pytest\n\ndef test_everything():\n    assert total([1, 2]) == 3\n    assert total([]) == 0\n    with pytest.raises(ValueError):\n        name(None)\n";
    judged(
        &[change("tests/test_total.py", python::TESTS, merged)],
        false,
    );
}

#[test]
fn honest_work_on_tests_passes() {
    let more = python::TESTS.to_owned() + "\ndef test_more():\n    assert total([4]) == 4\n";
    judged(
        &[change("tests/test_total.py", python::TESTS, &more)],
        false,
    );
    judged(
        &[change(
            "tests/test_total.py",
            python::TESTS,
            &python::TESTS.replace("total(", "sums.total("),
        )],
        false,
    );
    judged(&[change("tests/test_new.py", "", python::TESTS)], false);
    let unskipped = python::TESTS.replace(
        "    def test_sum",
        "    @pytest.mark.skip\n    def test_sum",
    );
    judged(
        &[change("tests/test_total.py", &unskipped, python::TESTS)],
        false,
    );
    judged(
        &[change(
            "tests/test_total.py",
            &unskipped,
            &unskipped.replace("[4]", "[5]"),
        )],
        false,
    );
    let helper = rust::TESTS.replace("        assert_eq!(total(&[1, 2]), 3);\n        assert!(total(&[]) == 0, \"{}\", \"}\");\n", "        check_total(&[1, 2], 3);\n        check_total(&[], 0);\n");
    judged(&[change("src/lib.rs", rust::TESTS, &helper)], false);
    judged(
        &[change(
            "src/main.rs",
            "fn main() { println!(\"test\"); }",
            "fn main() {}",
        )],
        false,
    );
    let promise = javascript::TESTS.replace(
        "    expect(total([1, 2])).toBe(3);\n",
        "    return expect(total([1, 2])).toBe(3);\n",
    );
    judged(
        &[change("src/total.test.ts", javascript::TESTS, &promise)],
        false,
    );
}

/// Where a test lies, tests, the same as rows of one, and one of the rows.
const ROWS: [(&str, &str, &str, &str); 8] = [
    (
        "tests/test_total.py",
        "from total import total\n\ndef test_one():\n    assert total(1) == 1\n\ndef test_two():\n    assert total(2) == 4\n\ndef test_three():\n    assert total(3) == 9\n",
        "import pytest\nfrom total import total\n\n@pytest.mark.parametrize('n,want', [(1, 1), (2, 4), (3, 9)])\ndef test_squares(n, want):\n    assert total(n) == want\n",
        ", (3, 9)",
    ),
    (
        "src/total.test.ts",
        "import { total } from './total';\n\ntest('one', () => {\n  expect(total(1)).toBe(1);\n});\n\ntest('two', () => {\n  expect(total(2)).toBe(4);\n});\n",
        "import { total } from './total';\n\ntest.each([\n  [1, 1],\n  [2, 4],\n])('total of %i', (n, want) => {\n  expect(total(n)).toBe(want);\n});\n",
        "  [2, 4],\n",
    ),
    (
        "tests/total.rs",
        "#[test]\nfn one() {\n    assert_eq!(total(1), 1);\n}\n\n#[test]\nfn two() {\n    assert_eq!(total(2), 4);\n}\n",
        "#[rstest]\n#[case(1, 1)]\n#[case(2, 4)]\nfn squares(#[case] n: u32, #[case] want: u32) {\n    assert_eq!(total(n), want);\n}\n",
        "#[case(2, 4)]\n",
    ),
    (
        "tests/total.rs",
        "#[test]\nfn one() {\n    assert_eq!(total(1), 1);\n}\n\n#[test]\nfn two() {\n    assert_eq!(total(2), 4);\n}\n",
        "#[test]\nfn squares() {\n    for (n, want) in [(1, 1), (2, 4)] {\n        assert_eq!(total(n), want);\n    }\n}\n",
        ", (2, 4)",
    ),
    (
        "total_test.go",
        "package total\n\nfunc TestOne(t *testing.T) {\n\tif Total(1) != 1 {\n\t\tt.Error(\"one\")\n\t}\n}\n\nfunc TestTwo(t *testing.T) {\n\tif Total(2) != 4 {\n\t\tt.Error(\"two\")\n\t}\n}\n",
        "package total\n\nfunc TestTotal(t *testing.T) {\n\ttests := []struct {\n\t\tname string\n\t\tn    int\n\t\twant int\n\t}{\n\t\t{\"one\", 1, 1},\n\t\t{\"two\", 2, 4},\n\t}\n\tfor _, tt := range tests {\n\t\tt.Run(tt.name, func(t *testing.T) {\n\t\t\tif got := Total(tt.n); got != tt.want {\n\t\t\t\tt.Errorf(\"got %d\", got)\n\t\t\t}\n\t\t})\n\t}\n}\n",
        "\t\t{\"two\", 2, 4},\n",
    ),
    (
        "src/test/java/TotalTest.java",
        "class TotalTest {\n    @Test\n    void one() {\n        assertEquals(1, total(1));\n    }\n\n    @Test\n    void two() {\n        assertEquals(4, total(2));\n    }\n}\n",
        "class TotalTest {\n    @ParameterizedTest\n    @CsvSource({\"1, 1\", \"2, 4\"})\n    void squares(int n, int want) {\n        assertEquals(want, total(n));\n    }\n}\n",
        ", \"2, 4\"",
    ),
    (
        "spec/total_spec.rb",
        "describe 'total' do\n  it 'one' do\n    expect(total(1)).to eq(1)\n  end\n\n  it 'two' do\n    expect(total(2)).to eq(4)\n  end\nend\n",
        "describe 'total' do\n  [[1, 1], [2, 4]].each do |n, want|\n    it \"squares #{n}\" do\n      expect(total(n)).to eq(want)\n    end\n  end\nend\n",
        ", [2, 4]",
    ),
    (
        "src/total.test.ts",
        "test('one', () => {\n  expect(total(1)).toBe(1);\n});\n\ntest('two', () => {\n  expect(total(2)).toBe(4);\n});\n",
        "test.each`\n  n    | want\n  ${1} | ${1}\n  ${2} | ${4}\n`('total of $n', ({ n, want }) => {\n  expect(total(n)).toBe(want);\n});\n",
        "  ${2} | ${4}\n",
    ),
];

#[test]
fn tests_that_became_rows_are_no_loss() {
    for (path, tests, rows, row) in ROWS {
        judged(&[change(path, tests, rows)], false);
        assert!(rows.contains(row), "{row}");
        let fewer = rows.replace(row, "");
        for before in [tests, rows] {
            judged(&[change(path, before, &fewer)], true);
        }
    }
    // What a row says counts, and what else its test is called does not.
    let (path, tests, rows, row) = ROWS[0];
    let another = rows.replace(row, ", (4, 16)");
    judged(&[change(path, tests, &another)], true);
    let kept = rows.replace("test_squares", "test_one");
    judged(&[change(path, tests, &kept)], false);
    let (path, _, rows, row) = ROWS[4];
    let more = format!("{row}\t\t{{\"three\", 3, 9}},\n");
    judged(&[change(path, rows, &rows.replace(row, &more))], false);
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
