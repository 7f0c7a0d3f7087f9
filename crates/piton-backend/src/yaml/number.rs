//! Plain scalars that are numbers, by the rules of version 1.1.

/// A whole number; none if it is too large to compute with.
pub(super) type Number = Option<i128>;

/// Reads a whole number: decimal, octal, hexadecimal, binary or base 60.
pub(super) fn int(text: &str) -> Option<Number> {
    let (negative, digits) = unsigned(text);
    if digits.is_empty() || !digits.is_ascii() {
        return None;
    }
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        radix(binary, 2)?
    } else if let Some(hex) = digits.strip_prefix("0x") {
        radix(hex, 16)?
    } else if digits.contains(':') {
        sexagesimal(digits)?
    } else if digits == "0" {
        Some(0)
    } else if let Some(octal) = digits.strip_prefix('0') {
        if octal.bytes().all(|b| b == b'_') {
            Some(0)
        } else {
            radix(octal, 8)?
        }
    } else {
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        radix(digits, 10)?
    };
    Some(magnitude.map(|number| if negative { -number } else { number }))
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn radix(digits: &str, radix: u32) -> Option<Number> {
    let mut number = Some(0_i128);
    let mut any = false;
    for c in digits.chars().filter(|c| *c != '_') {
        let digit = c.to_digit(radix)?;
        any = true;
        number = number
            .and_then(|n| n.checked_mul(i128::from(radix)))
            .and_then(|n| n.checked_add(i128::from(digit)));
    }
    any.then_some(number)
}

fn sexagesimal(digits: &str) -> Option<Number> {
    let mut parts = digits.split(':');
    let first = parts.next()?;
    if !first.starts_with(|c: char| matches!(c, '1'..='9')) {
        return None;
    }
    let mut number = radix(first, 10)?;
    for part in parts {
        let value = sixty(part)?;
        number = number
            .and_then(|n| n.checked_mul(60))
            .and_then(|n| n.checked_add(i128::from(value)));
    }
    Some(number)
}

/// One place of a number of base 60: a digit, or two of which the first is
/// below six.
fn sixty(part: &str) -> Option<u8> {
    let fits = match part.as_bytes() {
        [ones] => ones.is_ascii_digit(),
        [tens, ones] => (b'0'..=b'5').contains(tens) && ones.is_ascii_digit(),
        _ => false,
    };
    fits.then(|| part.parse().ok()).flatten()
}

/// Returns whether a plain scalar is a number with a point.
pub(super) fn is_float(text: &str) -> bool {
    let (_, body) = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    if let Some((sixties, fraction)) = body.split_once('.')
        && sixties.contains(':')
    {
        let mut parts = sixties.split(':');
        return parts.next().is_some_and(whole)
            && parts.all(|part| sixty(part).is_some())
            && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    }
    let Some((before, after)) = body.split_once('.') else {
        return false;
    };
    let (fraction, exponent) = match after.find(['e', 'E']) {
        Some(at) => (&after[..at], Some(&after[at + 1..])),
        None => (after, None),
    };
    let exponent_is_fine = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['+', '-'])
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    });
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if before.is_empty() {
        // Without a digit before the point there is no sign either.
        return text.starts_with('.')
            && fraction.starts_with(|c: char| c.is_ascii_digit())
            && digits(fraction)
            && exponent_is_fine;
    }
    whole(before) && digits(fraction) && exponent_is_fine
}

fn whole(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::{int, is_float};

    #[test]
    fn whole_numbers_are_those_of_version_1_1() {
        for (text, number) in [
            ("123", 123),
            ("+1", 1),
            ("-1", -1),
            ("1_000", 1000),
            ("0123", 83),
            ("0x1F", 31),
            ("0b101", 5),
            ("1:30", 90),
            ("0", 0),
            ("190:20:30", 685_230),
        ] {
            assert_eq!(int(text), Some(Some(number)), "{text}");
        }
        for text in ["0o17", "08", "1:60", "", "+", "-", "1e3", "_1", "12a", "x"] {
            assert_eq!(int(text), None, "{text}");
        }
        assert_eq!(int(&"9".repeat(60)), Some(None), "a number is a number");
    }

    #[test]
    fn numbers_with_a_point_are_those_of_version_1_1() {
        for text in [
            "1.5",
            "1.",
            ".5",
            "1.0e+5",
            "190:20:30.1",
            ".inf",
            "-.INF",
            ".nan",
            "+1.5",
        ] {
            assert!(is_float(text), "{text}");
        }
        for text in [
            "1e5",
            "1e3",
            "1234567e-8",
            "1.0e5",
            ".",
            "-.5",
            ".e+1",
            "1.5x",
        ] {
            assert!(!is_float(text), "{text}");
        }
    }
}
