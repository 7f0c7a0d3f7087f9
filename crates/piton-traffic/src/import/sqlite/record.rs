//! One row as it is stored, taken apart into its values.

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob,
}

/// Takes a number of one to nine bytes, the larger parts first.
pub(super) fn varint(rest: &mut &[u8]) -> Option<i64> {
    let mut value: u64 = 0;
    for at in 0..9 {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        if at == 8 {
            value = (value << 8) | u64::from(byte);
            break;
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value.cast_signed())
}

/// Takes a row apart: first the kinds of its values, then the values.
pub(super) fn record(payload: &[u8]) -> Option<Vec<Value>> {
    let mut kinds = payload;
    let header = usize::try_from(varint(&mut kinds)?).ok()?;
    let mut kinds = payload.get(payload.len() - kinds.len()..header)?;
    let mut rest = payload.get(header..)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        let kind = varint(&mut kinds)?;
        let mut take = |length: usize| {
            let (value, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(value)
        };
        values.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Int(whole(take(
                [1, 2, 3, 4, 6, 8][usize::try_from(kind - 1).ok()?],
            )?)),
            7 => Value::Real(f64::from_be_bytes(take(8)?.try_into().ok()?)),
            8 => Value::Int(0),
            9 => Value::Int(1),
            12.. => {
                let bytes = take(usize::try_from((kind - 12) / 2).ok()?)?;
                if kind % 2 == 0 {
                    Value::Blob
                } else {
                    Value::Text(String::from_utf8_lossy(bytes).into_owned())
                }
            }
            _ => return None,
        });
    }
    Some(values)
}

fn whole(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |value: i64, byte| (value << 8) | i64::from(*byte))
}
