//! Each test is compared with the one that stands for it now, and with no other.

use piton_loop::dilution::{FileChange, compare, tell};

use super::change;

/// Requires that something is found in a change, grave or not, or nothing at all.
#[track_caller]
pub(super) fn found(changes: &[FileChange], something: bool) {
    let findings = compare(changes, &[]);
    let told = tell(&findings);
    assert_eq!(!findings.is_empty(), something, "{changes:#?}\n{told}");
}

const RICH: &str = "    assert total(1) == 1\n    assert total(2) == 3\n";
const POOR: &str = "    assert name(1) == 'a'\n";

/// A class with one test, indented as it has to be.
fn class(name: &str, body: &str) -> String {
    let body = body.replace("    ", "        ");
    format!("class {name}:\n    def test_it(self):\n{body}\n")
}

fn test(name: &str, body: &str) -> String {
    format!("def test_{name}():\n{body}\n")
}

#[test]
fn tests_of_one_name_are_told_apart_by_where_they_are() {
    let (rich, poor) = (test("it", RICH), test("it", POOR));
    let noted = |text: &str| format!("# A note.\n{text}");
    // In two files.
    found(
        &[
            change("tests/test_a.py", &rich, &noted(&rich)),
            change("tests/test_b.py", &poor, &noted(&poor)),
        ],
        false,
    );
    // In two classes of a file, which may change their order.
    let (rich, poor) = (class("TestA", RICH), class("TestB", POOR));
    let before = format!("{rich}{poor}");
    let path = "tests/test_a.py";
    found(&[change(path, &before, &format!("{poor}{rich}"))], false);
    // That one of them asks for less than the other is no loss.
    let (strict, lax) = (
        class("TestA", "    assert total(1) == 1\n"),
        class("TestB", "    assert total(2)\n"),
    );
    let turned = format!("{lax}{strict}");
    found(&[change(path, &format!("{strict}{lax}"), &turned)], false);
    let java = |name: &str, body: &str| {
        format!(
            "    @Nested\n    class {name} {{\n        @Test\n        void holds() {{\n            {body}\n        }}\n    }}\n"
        )
    };
    let (strict, lax) = (
        java("Whole", "assertEquals(1, total(1));"),
        java("Part", "assertNotNull(total(2));"),
    );
    found(
        &[change(
            "TotalTest.java",
            &format!("class TotalTest {{\n{strict}{lax}}}\n"),
            &format!("class TotalTest {{\n{lax}{strict}}}\n"),
        )],
        false,
    );
    // The file and one of its classes move, or a class is renamed.
    found(
        &[
            change(path, &before, ""),
            change("tests/unit/test_c.py", "", &format!("{poor}{rich}")),
        ],
        false,
    );
    let renamed = format!("{}{rich}", class("TestC", POOR));
    found(&[change(path, &before, &renamed)], false);
    // One that lost a check is found beside one of its name that did not.
    let fewer = RICH.replace("    assert total(2) == 3\n", "");
    let fewer = format!("{}{poor}", class("TestA", &fewer));
    found(&[change(path, &before, &fewer)], true);
    let ruby = |name: &str, body: &str| {
        format!("class {name} < Minitest::Test\n  def test_it\n{body}  end\nend\n")
    };
    let check = |of: &str| format!("    assert_equal 1, {of}\n");
    let (one, two) = (ruby("OneTest", &check("a")), check("b") + &check("c"));
    let before = one.clone() + &ruby("TwoTest", &two);
    let after = one + &ruby("TwoTest", &check("b"));
    found(&[change("test/one_test.rb", &before, &after)], true);
}

#[test]
fn tests_that_are_renamed_together_are_told_apart_by_what_they_do() {
    let path = "tests/test_a.py";
    let before = test("a", RICH) + &test("b", POOR);
    found(
        &[change(path, &before, &(test("d", POOR) + &test("c", RICH)))],
        false,
    );
    // One that lost a check on the way is found.
    let fewer = "    assert total(1) == 1\n";
    found(
        &[change(
            path,
            &before,
            &(test("d", POOR) + &test("c", fewer)),
        )],
        true,
    );
    // One that asks for another value is the same test, unless its file is not.
    let one = test("a", "    got = total(all_of_it)\n    assert got == 3\n");
    let other = test("b", "    got = total(all_of_it)\n    assert got == 4\n");
    found(&[change(path, &one, &other)], false);
    found(
        &[
            change(path, &one, ""),
            change("tests/test_b.py", "", &other),
        ],
        true,
    );
}

#[test]
fn a_check_that_another_test_has_as_well_stands_for_none() {
    let path = "tests/test_a.py";
    let check = "    assert is_whole()\n";
    let (both, own) = (format!("{check}{RICH}"), RICH);
    let before = test("a", &both) + &test("b", &both);
    found(
        &[change(path, &before, &(test("a", own) + &test("b", &both)))],
        true,
    );
    // One that came elsewhere stands for one that went, and for one alone.
    let with = |rest: &str| rest.to_owned() + &test("c", check);
    let moved = with(&(test("a", own) + &test("b", &both)));
    found(&[change(path, &before, &moved)], false);
    let moved = with(&(test("a", own) + &test("b", own)));
    found(&[change(path, &before, &moved)], true);
}

#[test]
fn a_module_that_is_no_longer_named_is_told_unless_its_tests_are() {
    let main = |modules: &str| change("tests/it/main.rs", "mod one;\nmod two;\n", modules);
    let test = "#[test]\nfn sums() {\n    assert_eq!(total(), 3);\n}\n";
    let path = "tests/it/two.rs";
    let noted = format!("//! A note.\n{test}");
    found(&[main("mod one;\n"), change(path, test, &noted)], true);
    found(
        &[
            main("mod one;\n"),
            change(path, test, ""),
            change("tests/it/one.rs", "", test),
        ],
        false,
    );
}

#[test]
fn marks_that_were_there_before_are_not_held_against_a_change() {
    let focused =
        "describe.only('a', () => {\n  test('b', () => {\n    expect(b()).toBe(1);\n  });\n});\n";
    let path = "src/a.test.js";
    let noted = format!("// A note.\n{focused}");
    found(&[change(path, focused, &noted)], false);
    found(
        &[
            change(path, focused, ""),
            change("src/b.test.js", "", focused),
        ],
        false,
    );
    let twice = focused.replace("test('b'", "test.only('b'");
    found(&[change(path, focused, &twice)], true);
}

#[test]
fn what_tests_expect_may_change_with_tests_and_not_with_the_code() {
    let test = |expected: &str| {
        format!("def test_odd():\n    got = is_odd(first(numbers))\n    assert got == {expected}\n")
    };
    let tests = |other: &str| change("tests/test_odd.py", &test("True"), &test(other));
    found(&[tests("False")], false);
    // A file of tests that had none before is no code.
    let came = change("tests/test_new.py", "import odd\n", &test("True"));
    found(&[tests("False"), came], false);
    let code = change(
        "odd.py",
        "def is_odd(n):\n    return n % 2\n",
        "def is_odd(n):\n    return 0\n",
    );
    found(&[tests("False"), code], true);
}

#[test]
fn a_test_is_paired_with_the_nearest_of_its_name_and_a_skipped_one_is_no_loss() {
    let skipped = |text: &str| format!("@pytest.mark.skip\n{text}");
    let (one, two) = (test("one", RICH), skipped(&test("two", POOR)));
    let path = "tests/test_a.py";
    // They change places, or the skipped one goes.
    found(
        &[change(path, &format!("{one}{two}"), &format!("{two}{one}"))],
        false,
    );
    found(&[change(path, &format!("{one}{two}"), &one)], false);
    // A class is renamed, while tests come that are not run.
    let (before, renamed) = (class("TestA", RICH), class("TestB", RICH));
    let spare = skipped(&test("spare", POOR));
    found(
        &[change(path, &before, &format!("{spare}{renamed}"))],
        false,
    );
    let other = skipped(&class("TestC", RICH));
    found(
        &[
            change("tests/test_0.py", "", &other),
            change(path, &before, &renamed),
        ],
        false,
    );
    // A class moves to a file where another one has a test of that name.
    found(
        &[
            change(path, &before, ""),
            change("tests/test_b.py", "", &format!("{other}{before}")),
        ],
        false,
    );
    // A test without a check of its own moves and is renamed.
    let runs = |name: &str| test(name, "    run_it_all(1)\n");
    found(
        &[
            change(path, &runs("a"), ""),
            change("tests/test_b.py", "", &runs("b")),
        ],
        false,
    );
    // One short line is too little to tell a renamed test by.
    let short = |name: &str, n: u8| test(name, &format!("    assert total(1) == {n}\n"));
    found(&[change(path, &short("a", 1), &short("b", 2))], true);
}
