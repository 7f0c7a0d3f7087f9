//! What is told of a change and does not send it back.

use piton_loop::dilution::tell;

use super::{change, java, javascript, judged, python};

#[test]
fn a_test_may_go_with_the_code_that_it_tested() {
    let code = change(
        "src/total.py",
        "def total(all):\n    return sum(all)\n\ndef name(n):\n    raise ValueError\n",
        "def total(all):\n    return sum(all)\n",
    );
    let gone = python::TESTS.split("def test_name").next().unwrap();
    let findings = judged(
        &[code, change("tests/test_total.py", python::TESTS, gone)],
        false,
    );
    assert_eq!(
        tell(&findings),
        "- tests/test_total.py:8: the test test_name was deleted together with name\n"
    );

    let renamed = change(
        "src/total.py",
        "def name(n):\n    raise ValueError\n",
        "def label(n):\n    return ''\n",
    );
    // Code that was renamed keeps its tests.
    let gone = change("tests/test_total.py", python::TESTS, gone);
    judged(&[renamed, gone.clone()], true);
    // What only helps tests is no code that may go with them.
    let helper = change(
        "tests/helpers.py",
        "def name(n):\n    raise ValueError\n",
        "",
    );
    judged(&[helper, gone], true);
}

#[test]
fn a_test_beside_its_code_in_rust_may_go_with_it() {
    let kept = "pub fn total() -> u32 {\n    3\n}\n";
    let spare = "\nfn spare() -> u32 {\n    4\n}\n\n#[test]\nfn spares() {\n    assert_eq!(spare(), 4);\n}\n";
    let findings = judged(
        &[change("src/lib.rs", &format!("{kept}{spare}"), kept)],
        false,
    );
    assert_eq!(
        tell(&findings),
        "- src/lib.rs:10: the test spares was deleted together with spare\n"
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
        python::TESTS,
        &python::TESTS.replace("== 3", "== 4"),
    );
    let findings = judged(&[code.clone(), test.clone()], false);
    assert_eq!(
        tell(&findings),
        "- tests/test_total.py:4: what the test test_sum expects changed together with the code\n"
    );
    assert!(
        judged(&[test], false).is_empty(),
        "a corrected test alone is no sign"
    );
    let record = change("tests/__snapshots__/a.snap", "1", "2");
    assert_eq!(
        tell(&judged(&[code, record], false)),
        "- tests/__snapshots__/a.snap: a recorded answer changed together with the code\n"
    );
}

#[test]
fn fewer_checks_are_told() {
    let fewer = python::TESTS.replace("        assert total([]) == 0\n", "");
    let findings = judged(
        &[change("tests/test_total.py", python::TESTS, &fewer)],
        false,
    );
    assert_eq!(
        tell(&findings),
        "- tests/test_total.py:4: the test test_sum has 1 of 2 checks left\n"
    );
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

#[test]
fn weaker_checks_and_what_takes_the_place_of_the_subject_are_told() {
    told(
        "tests/test_total.py",
        python::ROWS,
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
                "    assert total(n) == want\n\n@",
                "    assert total(n) != 0 and is_whole(n) == True\n\n@",
                "asks for less",
            ),
            (
                "    assert total(n) == want\n\n@",
                "    assert total(n) <= want and is_whole(n) == True\n\n@",
                "asks for less",
            ),
            (
                "    assert total(n) == want\n\n@",
                "    assert total(n) >= want and is_whole(n) == True\n\n@",
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
        javascript::ROWS,
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
        java::ROWS,
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
