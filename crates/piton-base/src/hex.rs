//! Bytes as hexadecimal digits.

/// Writes each byte as two digits of 0-9 and a-f.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    let pairs = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    pairs.collect()
}

/// Reads what [`encode`] writes; capital letters are refused.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| Some(value(pair[0])? << 4 | value(pair[1])?);
    let whole = text.len().is_multiple_of(2);
    whole.then(|| text.as_bytes().chunks_exact(2).map(pair).collect())?
}

/// Tells whether a text is that many digits of 0-9 and a-f.
pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: Vec<u8>) {
            let text = encode(&bytes);
            prop_assert!(is_hex(&text, 2 * bytes.len()));
            prop_assert_eq!(decode(&text), Some(bytes));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["0", "0g", "AB", "é", " 0"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
