//! Reading one line of JSON that an agent printed.

use std::borrow::Cow;

use serde_json::Value;

/// Reads a line leniently: bad UTF-8 and halves of surrogate pairs, which agents
/// do print, become replacement characters. `None` for what is no JSON at all.
pub(super) fn read(line: &[u8]) -> Option<Value> {
    let line = line.trim_ascii();
    if !matches!(line.first(), Some(b'{' | b'[')) {
        return None;
    }
    if let Ok(value) = serde_json::from_slice(line) {
        return Some(value);
    }
    let text = String::from_utf8_lossy(line);
    serde_json::from_str(&without_lone_surrogates(&text)).ok()
}

/// Returns the string at a path of keys.
pub(super) fn text<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a str> {
    at(value, keys)?.as_str()
}

pub(super) fn at<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().try_fold(value, |value, key| value.get(key))
}

pub(super) fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

/// Replaces every `\ud8xx` that no `\udcxx` follows, and every `\udcxx` that
/// none precedes, by `\ufffd`.
fn without_lone_surrogates(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match surrogate(bytes, at) {
            Some(Half::High) if matches!(surrogate(bytes, at + 6), Some(Half::Low)) => at += 12,
            Some(_) => {
                out.get_or_insert_with(|| bytes.to_vec())[at + 2..at + 6].copy_from_slice(b"fffd");
                at += 6;
            }
            // An escape is two bytes at least; `\\` must not start another one.
            None => at += 2,
        }
    }
    match out {
        Some(out) => Cow::Owned(String::from_utf8_lossy(&out).into_owned()),
        None => Cow::Borrowed(text),
    }
}

enum Half {
    High,
    Low,
}

fn surrogate(bytes: &[u8], at: usize) -> Option<Half> {
    let escape = bytes.get(at..at + 6)?;
    if !escape.starts_with(b"\\u") {
        return None;
    }
    let digits = std::str::from_utf8(&escape[2..]).ok()?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::High),
        0xdc00..=0xdfff => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_a_surrogate_pair_and_bad_bytes_do_not_lose_the_line() {
        let check = |line: &[u8], expected: &str| {
            assert_eq!(
                read(line).unwrap()["t"],
                expected,
                "{}",
                String::from_utf8_lossy(line)
            );
        };
        check(br#"{"t":"a\ud83d"}"#, "a\u{fffd}");
        check(br#"{"t":"\ude00b"}"#, "\u{fffd}b");
        check(br#"{"t":"\ud83d\ude00 \ud83d x"}"#, "\u{1f600} \u{fffd} x");
        check(br#"{"t":"\\ud83d \ud83d"}"#, "\\ud83d \u{fffd}");
        check(b"{\"t\":\"\xff\"}\r", "\u{fffd}");
    }

    #[test]
    fn a_key_that_comes_twice_is_no_obstacle() {
        assert_eq!(read(br#"{"id":"a","id":"b"}"#).unwrap()["id"], "b");
    }

    #[test]
    fn torn_lines_and_plain_text_are_nothing() {
        for line in [&b"{\"t\":"[..], b"hello", b"", b"\"text\"", b"{}x"] {
            assert!(read(line).is_none());
        }
        assert!(read("[".repeat(100_000).as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn no_line_makes_the_reader_panic(line in proptest::collection::vec(
            prop_oneof![Just(b'\\'), Just(b'u'), Just(b'd'), Just(b'8'), Just(b'"'), Just(b'{'), any::<u8>()], 0..60,
        )) {
            let mut whole = b"{\"t\":\"".to_vec();
            whole.extend(line);
            let _ = read(&whole);
        }
    }
}
