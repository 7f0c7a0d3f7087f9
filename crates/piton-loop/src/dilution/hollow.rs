//! Checks that hold whatever the code does.

use std::ops::Range;

use super::code::{OPEN, after_closing, inside, is_at, is_before, over, owner};
use super::language::Language;
use super::lexer::{Kind, Token};

/// Whether a check says nothing: it looks at constants, compares a thing with
/// itself, or names a thing and asks nothing of it. It stands at `whole` of a
/// body.
pub(super) fn is_hollow(language: Language, body: &[Token], whole: Range<usize>) -> bool {
    let check = &body[whole.clone()];
    let after = body.get(whole.end);
    let head = check.first().and_then(Token::word).unwrap_or("");
    if says_or_true(check) || (head == "assert" && is_tuple(language, check)) {
        return true;
    }
    if compares_with_itself(check) {
        return true;
    }
    let fails = ["fail", "panic", "flunk", "unreachable"];
    if check.iter().any(|token| token.is_any(&fails)) || names_a_failure(language, head) {
        return false;
    }
    // What it is called on is what it looks at: `mock.assert_called_with(1)`.
    if is_asked_of(body, whole.start) || head.contains("raise") || head.contains("throw") {
        return false;
    }
    if let Some(subject) = subject(language, head, check) {
        let asked = check.len() > subject.end + 1 || after.is_some_and(|next| next.is("."));
        return !asked
            || constant(&check[subject.start..subject.end])
            || same_as_last(check, subject);
    }
    let args = arguments(check);
    let values: &[&[Token]] = match (language, args.as_slice()) {
        // The first one is the test itself.
        (Language::Go, [_, rest @ ..]) => rest,
        (_, all) => all,
    };
    let twice = matches!(values, [a, b, ..] if same(a, b));
    let something = values.iter().any(|value| !value.is_empty());
    twice || (something && values.iter().all(|value| constant(value)))
}

/// Whether a check is a method of what it looks at, and not of the tests.
fn is_asked_of(body: &[Token], at: usize) -> bool {
    const OF_TESTS: [&str; 14] = [
        "self",
        "cls",
        "this",
        "Assert",
        "Assertions",
        "assert",
        "require",
        "t",
        "is",
        "c",
        "qt",
        "tap",
        "unittest",
        "TestCase",
    ];
    let of_tests = owner(body, at).is_some_and(|owner| OF_TESTS.contains(&owner));
    is_before(body, at, ".") && !of_tests
}

/// Go's own failures take a text, which is no constant that is checked.
fn names_a_failure(language: Language, head: &str) -> bool {
    let names = ["Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"];
    language == Language::Go && names.contains(&head)
}

/// `x or True`, `true || x`.
fn says_or_true(check: &[Token]) -> bool {
    let truth = |at: usize| is_at(check, at, "true") || is_at(check, at, "True");
    (0..check.len()).any(|at| {
        let (or, length) = if check[at].is("or") {
            (true, 1)
        } else {
            (check[at].is("|") && is_at(check, at + 1, "|"), 2)
        };
        or && (truth(at + length) || at.checked_sub(1).is_some_and(truth))
    })
}

/// `assert (x, "a text")`, which is always true.
fn is_tuple(language: Language, check: &[Token]) -> bool {
    language == Language::Python
        && is_at(check, 1, "(")
        && after_closing(check, 1) == check.len()
        && split(&check[inside(check, 1)]).len() > 1
}

/// Where what is asked about stands: `expect(HERE)`, `assertThat(HERE)`.
fn subject(language: Language, head: &str, check: &[Token]) -> Option<Range<usize>> {
    let names = match language {
        Language::JavaScript | Language::Ruby => ["expect", "expectTypeOf"],
        Language::Java => ["assertThat", "expectThat"],
        Language::Python | Language::Rust | Language::Go => return None,
    };
    if !names.contains(&head) || !check.get(1)?.is("(") {
        return None;
    }
    let subject = inside(check, 1);
    // Hamcrest's way has the question as a second argument.
    (split(&check[subject.clone()]).len() == 1).then_some(subject)
}

/// `expect(x).toBe(x)`.
fn same_as_last(check: &[Token], subject: Range<usize>) -> bool {
    let asked = &check[subject.clone()];
    let behind = &check[subject.end..];
    let Some(open) = behind.iter().rposition(|token| token.is("(")) else {
        return false;
    };
    same(asked, &behind[inside(behind, open)])
}

fn compares_with_itself(check: &[Token]) -> bool {
    let twice = |two: &[Token]| two.iter().all(|token| token.is("="));
    let Some(at) = check.windows(2).position(twice) else {
        return false;
    };
    let (before, behind) = check.split_at(at);
    let mut left = before.rsplit(|token| token.is_any(&["(", ",", "assert", "!"]));
    // `==` or `===`
    let signs = behind.iter().take_while(|token| token.is("=")).count();
    let mut right = behind[signs..].split(|token| token.is_any(&[")", ","]));
    same(
        left.next().unwrap_or_default(),
        right.next().unwrap_or_default(),
    )
}

/// What is handed to a check, with or without brackets.
fn arguments(check: &[Token]) -> Vec<&[Token]> {
    // `assert.equal(`, `assert!(`, `assertEquals(`.
    let open = match check {
        [_, dot, ..] if dot.is(".") => 3,
        [_, mark, ..] if mark.is("!") => 2,
        _ => 1,
    };
    if is_at(check, open, "(") && after_closing(check, open) == check.len() {
        return split(&check[inside(check, open)]);
    }
    split(check.get(1..).unwrap_or_default())
}

/// Splits at the commas that are in no brackets.
pub(super) fn split(words: &[Token]) -> Vec<&[Token]> {
    let (mut parts, mut begins, mut at) = (Vec::new(), 0, 0);
    while let Some(token) = words.get(at) {
        let next = over(words, at, &OPEN);
        if token.is(",") {
            parts.push(&words[begins..at]);
            begins = next;
        }
        at = next;
    }
    parts.push(&words[begins..]);
    parts
}

fn same(a: &[Token], b: &[Token]) -> bool {
    !a.is_empty()
        && a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.kind == b.kind && a.text == b.text)
}

/// Whether nothing but constants stands here. A text with something filled in
/// is none.
fn constant(words: &[Token]) -> bool {
    words.iter().all(|token| match token.kind {
        Kind::Number | Kind::Sign => true,
        Kind::Literal => !token.text.contains('{'),
        Kind::Word => matches!(
            token.text.as_str(),
            "true"
                | "false"
                | "True"
                | "False"
                | "None"
                | "null"
                | "nil"
                | "undefined"
                | "not"
                | "is"
                | "and"
                | "or"
                | "do"
                | "end"
        ),
    })
}
