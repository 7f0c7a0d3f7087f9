//! What a plain scalar means: the rules of version 1.1.

use super::number;
use super::value::Kind;

/// Returns what a plain scalar means; none for `=` and `<<`, which are no
/// values.
pub(super) fn resolve(text: &str) -> Option<Kind> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "=" | "<<" => return None,
        _ => match truth(text) {
            Some(truth) => Kind::Bool(truth),
            None => number_or_time(text),
        },
    })
}

/// Reads `yes`, `no`, `on`, `off`, `true`, `false` in lower, Capital and UPPER
/// case.
pub(super) fn truth(text: &str) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let truth = match lower.as_str() {
        "yes" | "true" | "on" => true,
        "no" | "false" | "off" => false,
        _ => return None,
    };
    let capital = text.as_bytes()[0].is_ascii_uppercase() && text[1..] == lower[1..];
    let upper = text.bytes().all(|b| b.is_ascii_uppercase());
    (text == lower || capital || upper).then_some(truth)
}

fn number_or_time(text: &str) -> Kind {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Kind::Text;
    }
    if number::is_float(text) {
        return Kind::Float;
    }
    if let Some(number) = number::int(text) {
        return Kind::Int(number);
    }
    if is_date(text) {
        return Kind::Date;
    }
    if is_timestamp(text) {
        return Kind::Timestamp;
    }
    Kind::Text
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        })
}

/// Returns whether a text has the form of a date with a time.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut rest = text;
    digits(&mut rest, 4, 4)
        && literal(&mut rest, "-")
        && digits(&mut rest, 1, 2)
        && literal(&mut rest, "-")
        && digits(&mut rest, 1, 2)
        && between(&mut rest)
        && digits(&mut rest, 1, 2)
        && literal(&mut rest, ":")
        && digits(&mut rest, 2, 2)
        && literal(&mut rest, ":")
        && digits(&mut rest, 2, 2)
        && {
            if literal(&mut rest, ".") {
                digits(&mut rest, 0, usize::MAX);
            }
            zone(rest)
        }
}

fn digits(rest: &mut &str, least: usize, most: usize) -> bool {
    let count = rest
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    *rest = &rest[count..];
    count >= least
}

fn literal(rest: &mut &str, text: &str) -> bool {
    match rest.strip_prefix(text) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn between(rest: &mut &str) -> bool {
    if literal(rest, "T") || literal(rest, "t") {
        return true;
    }
    let trimmed = rest.trim_start_matches([' ', '\t']);
    let any = trimmed.len() < rest.len();
    *rest = trimmed;
    any
}

fn zone(rest: &str) -> bool {
    if rest.is_empty() {
        return true;
    }
    let mut rest = rest.trim_start_matches([' ', '\t']);
    if rest == "Z" {
        return true;
    }
    (literal(&mut rest, "+") || literal(&mut rest, "-"))
        && digits(&mut rest, 1, 2)
        && (rest.is_empty() || (literal(&mut rest, ":") && digits(&mut rest, 2, 2)))
        && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::yaml::value::Kind;

    #[test]
    fn plain_scalars_mean_what_version_1_1_says() {
        for (text, kind) in [
            ("yes", Kind::Bool(true)),
            ("Off", Kind::Bool(false)),
            ("TRUE", Kind::Bool(true)),
            ("tRue", Kind::Text),
            ("y", Kind::Text),
            ("N", Kind::Text),
            ("~", Kind::Null),
            ("NULL", Kind::Null),
            ("None", Kind::Text),
            ("2026-02-15", Kind::Date),
            ("2026-02-15T10:00:00Z", Kind::Timestamp),
            ("2026-02-15 10:00:00", Kind::Timestamp),
            ("2026-2-5t1:00:00.5 +1", Kind::Timestamp),
            ("2026-02-15T10:00", Kind::Text),
            ("12345678-1234", Kind::Text),
            ("0123", Kind::Int(Some(83))),
            ("1e5", Kind::Text),
        ] {
            assert_eq!(resolve(text), Some(kind), "{text}");
        }
        assert_eq!(resolve("<<"), None);
        assert_eq!(resolve("="), None);
    }
}
