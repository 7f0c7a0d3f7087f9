//! How much a check asks: for one value, for something about it, for there
//! being anything at all.

/// Returns it as a number that can be compared; more is stricter. The check is
/// given as its words with a blank between.
pub(super) fn strength(check: &str) -> u8 {
    let words: Vec<&str> = check.split(' ').collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    let sign = |sign: &str| {
        let mut begins = (0..words.len()).filter(|at| words[*at] == sign);
        begins.any(|at| words.get(at + 1) == Some(&"="))
    };
    let inexact = sign("!") || sign("<") || sign(">") || sign("~");
    if has(&EXACT) || (sign("=") && !inexact) {
        return 3;
    }
    let compares = inexact || has(&["<", ">", "in", "is", "not", "!", "matches"]) || has(&PARTIAL);
    let bare = has(&TRUTHY) || words.first().is_some_and(|head| BARE.contains(head));
    if bare && !compares { 1 } else { 2 }
}

const EXACT: [&str; 38] = [
    "assertEqual",
    "assertEquals",
    "assertIs",
    "assertDictEqual",
    "assertListEqual",
    "assertSequenceEqual",
    "assertTupleEqual",
    "assertSetEqual",
    "assertMultiLineEqual",
    "assertCountEqual",
    "assertSame",
    "assertArrayEquals",
    "assertIterableEquals",
    "assertLinesMatch",
    "assertNull",
    "assertIsNone",
    "assert_eq",
    "prop_assert_eq",
    "assert_equal",
    "assert_same",
    "assert_nil",
    "must_equal",
    "must_be_nil",
    "toBe",
    "toEqual",
    "toStrictEqual",
    "toBeNull",
    "toBeUndefined",
    "strictEqual",
    "deepEqual",
    "deepStrictEqual",
    "equal",
    "eq",
    "eql",
    "isEqualTo",
    "isSameAs",
    "Equal",
    "EqualValues",
];

/// They ask for something of a kind.
const PARTIAL: [&str; 14] = [
    "contains",
    "starts_with",
    "ends_with",
    "startswith",
    "endswith",
    "startsWith",
    "endsWith",
    "includes",
    "include",
    "isinstance",
    "is_empty",
    "isEmpty",
    "all",
    "any",
];

/// They ask for there being something.
const TRUTHY: [&str; 22] = [
    "toBeTruthy",
    "toBeDefined",
    "be_truthy",
    "be_present",
    "assertTrue",
    "assertNotNull",
    "assertIsNotNone",
    "assert_not_nil",
    "assertNotNone",
    "isNotNull",
    "isNotEmpty",
    "isTrue",
    "is_some",
    "is_ok",
    "NotNil",
    "NotEmpty",
    "True",
    "ok",
    "wont_be_nil",
    "notNullValue",
    "anything",
    "exist",
];

/// Heads that ask for no more than truth where nothing is compared.
const BARE: [&str; 4] = ["assert", "debug_assert", "prop_assert", "refute"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_more_than_a_kind_and_a_kind_more_than_something() {
        for (check, expected) in [
            ("assert got = = n", 3),
            ("assert got in ( 1 , 2 )", 2),
            ("assert got ! = n", 2),
            ("assert got > = n", 2),
            ("assert got < = n", 2),
            ("assert got ~ = n", 2),
            ("assert got < n", 2),
            ("assert got", 1),
            ("assertEqual ( got , 3 )", 3),
            ("assertTrue ( got )", 1),
            ("assertTrue ( got = = 3 )", 3),
            ("assertIn ( got , all )", 2),
            ("assert_eq ! ( got , 3 )", 3),
            ("assert ! ( got = = 3 )", 3),
            ("assert ! ( got . is_some ( ) )", 2),
            ("expect ( got ) . toBe ( 3 )", 3),
            ("expect ( got ) . toBeTruthy ( )", 1),
            ("expect ( got ) . toBeGreaterThan ( 0 )", 2),
            ("expect ( got ) . to eq ( 3 )", 3),
            ("expect ( got ) . to be_truthy", 1),
            ("Equal ( t , 3 , got )", 3),
            ("NotNil ( t , got )", 1),
            ("assertThat ( got ) . isEqualTo ( 3 )", 3),
            ("assertThat ( got ) . isNotNull ( )", 1),
        ] {
            assert_eq!(strength(check), expected, "{check}");
        }
    }
}
