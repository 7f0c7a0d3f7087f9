//! Rows of tables that stand for tests, and tests that stand for rows.

use super::change;
use super::pairs::found;

#[test]
fn a_row_stands_for_a_test_about_the_same_alone() {
    let table = |rows: &str| {
        format!(
            "@pytest.mark.parametrize('n, want', [{rows}])\ndef test_squares(n, want):\n    assert square(n) == want\n"
        )
    };
    let path = "tests/test_a.py";
    let alone = |call: &str| format!("\ndef test_alone():\n    assert {call}(7) == 49\n");
    let became = |call: &str| {
        let before = table("(1, 1)") + &alone(call);
        [change(path, &before, &table("(1, 1), (7, 49)"))]
    };
    found(&became("square"), false);
    found(&became("price"), true);
    // It stands for one, and nothing does that is never run.
    let two = table("(1, 1)") + &alone("square") + &alone("square").replace("alone", "again");
    found(&[change(path, &two, &table("(1, 1), (7, 49)"))], true);
    let skipped = format!("@pytest.mark.skip\n{}", table("(1, 1), (7, 49)"));
    let before = format!("@pytest.mark.skip\n{}", table("(1, 1)")) + &alone("square");
    found(&[change(path, &before, &skipped)], true);
    // Texts tell rows apart where there are no numbers.
    let words = |rows: &str| {
        format!(
            "@pytest.mark.parametrize('word', [{rows}])\ndef test_spells(word):\n    assert spell(word)\n"
        )
    };
    let both = words("'one', 'two'");
    found(&[change(path, &both, &words("'one'"))], true);
    let split = words("'one'") + "\ndef test_two():\n    assert spell('two')\n";
    found(&[change(path, &both, &split)], false);
    let other = words("'one'") + "\ndef test_three():\n    assert spell('three')\n";
    found(&[change(path, &both, &other)], true);
}

#[test]
fn a_row_stands_for_no_test_that_has_no_values_or_only_small_words_in_common() {
    let path = "tests/test_a.py";
    let became = |in_table: &str, alone: &str| {
        let table = |rows: &str| {
            format!(
                "@pytest.mark.parametrize('n, want', [{rows}])\ndef test_squares(n, want):\n{in_table}"
            )
        };
        let before = format!("{}\ndef test_alone():\n{alone}", table("(1, 1)"));
        [change(path, &before, &table("(1, 1), (7, 49)"))]
    };
    let squares = "    assert square(n) == want\n";
    found(&became(squares, "    assert square(7) == 49\n"), false);
    // A row has nothing of a test without values.
    found(&became(squares, "    assert square(whole) == most\n"), true);
    // Words of the language, and words that every test has.
    for (in_table, alone) in [
        (
            "    assert square(n) is want\n",
            "    assert price(7) is 49\n",
        ),
        (
            "    got = square(n)\n    assert got == want\n",
            "    got = price(7)\n    assert got == 49\n",
        ),
    ] {
        found(&became(in_table, alone), true);
    }
}

#[test]
fn a_row_may_go_to_another_test_that_is_run() {
    let words = |rows: &str| {
        format!(
            "@pytest.mark.parametrize('word', [{rows}])\ndef test_spells(word):\n    assert spell(word)\n"
        )
    };
    let path = "tests/test_a.py";
    let (both, one) = (words("'one', 'two'"), words("'one'"));
    // To one of the same name in another file.
    let came = change("tests/test_b.py", "", &words("'two'"));
    found(&[change(path, &both, &one), came], false);
    // But not to one that is passed over, or that checks nothing.
    for other in [
        "@pytest.mark.skip\ndef test_two():\n    assert spell('two')\n",
        "def test_two():\n    spell('two')\n",
    ] {
        found(&[change(path, &both, &format!("{one}\n{other}"))], true);
    }
}

#[test]
fn a_test_stands_for_a_row_that_is_a_text_if_it_has_that_text() {
    let words = |rows: &str| {
        format!(
            "@pytest.mark.parametrize('word', [{rows}])\ndef test_spells(word):\n    assert spell(word)\n"
        )
    };
    let path = "tests/test_a.py";
    let kept = |text: &str| {
        format!(
            "{}\ndef test_two():\n    assert spell('{text}')\n",
            words("'one'")
        )
    };
    for (row, text, is_found) in [
        ("'two'", "two", false),
        ("pytest.param('two', id='second')", "two", false),
        ("('two', 'it adds up')", "two", false),
        ("'two'", "two,three", true),
    ] {
        let before = words(&format!("'one', {row}"));
        found(&[change(path, &before, &kept(text))], is_found);
    }
    // A list beside the one that is gone through is no table.
    let tests = |other: &str| {
        format!(
            "CASES = load()\nOTHER = {other}\n\n@pytest.mark.parametrize('word', CASES)\ndef test_spells(word):\n    assert spell(word)\n"
        )
    };
    found(
        &[change(path, &tests("['a', 'b']"), &tests("['a']"))],
        false,
    );
    let script = |all: &str| {
        format!(
            "const ALL = {all};\n\ntest('all', () => {{\n  expect(ALL.length).toBe(count());\n}});\n"
        )
    };
    found(
        &[change("a.test.js", &script("[1, 2]"), &script("[1]"))],
        false,
    );
}
