//! Changes that weaken tests are found, and honest ones pass.

mod configuration;
mod go;
mod innocent;
mod java;
mod javascript;
mod moved;
mod nearly;
mod pairs;
mod python;
mod rows;
mod ruby;
mod rust;
mod telling;

use piton_loop::dilution::{FileChange, Finding, Policy, compare, refused, tell};

fn change(path: &str, before: &str, after: &str) -> FileChange {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FileChange {
        path: path.to_owned(),
        before: text(before),
        after: text(after),
    }
}

/// Requires that a change is sent back or is not, and returns what is found.
#[track_caller]
fn judged(changes: &[FileChange], sent_back: bool) -> Vec<Finding> {
    let findings = compare(changes, &[]);
    assert_eq!(
        refused(Policy::Refuse, &findings),
        sent_back,
        "{changes:#?}\n{}",
        tell(&findings)
    );
    assert!(
        !refused(Policy::Report, &findings),
        "a report refuses nothing"
    );
    findings
}

/// A file before a change, and texts in it with what is put in their place.
struct Cases<'a> {
    path: &'a str,
    before: &'a str,
    swaps: &'a [(&'a str, &'a str)],
}

impl Cases<'_> {
    /// Requires that each case is sent back or is let through, and that what is
    /// told of it is as the snapshot of this name has it.
    #[track_caller]
    fn are(&self, sent_back: bool, name: &str) {
        let (mut all, mut wrong) = (String::new(), String::new());
        for (from, to) in self.swaps {
            assert!(self.before.contains(from), "{}: {from}", self.path);
            let after = self.before.replacen(from, to, 1);
            let findings = compare(&[change(self.path, self.before, &after)], &[]);
            assert!(
                !refused(Policy::Report, &findings),
                "a report refuses nothing"
            );
            let told = tell(&findings).replace(self.path, "line");
            let case = format!("{from:?}\n{to:?}\n{told}\n");
            if refused(Policy::Refuse, &findings) != sent_back {
                wrong.push_str(&case);
            }
            all.push_str(&case);
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
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "snapshots/dilution" }, {
            insta::assert_snapshot!(name, all);
        });
    }
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
    .are(false, "python-checks");
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
    .are(false, "rust-checks");
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
    .are(false, "ruby-checks");
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
    .are(false, "javascript-checks");
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
