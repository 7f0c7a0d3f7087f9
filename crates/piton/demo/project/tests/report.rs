use tally::report;

#[test]
fn the_most_frequent_word_comes_first() {
    assert_eq!(report("b a b", 10), "   2  b\n   1  a\n");
}

#[test]
fn words_that_come_up_equally_often_are_in_order() {
    assert_eq!(report("c b a", 2), "   1  a\n   1  b\n");
}

#[test]
fn case_and_punctuation_do_not_matter() {
    assert_eq!(report("Rope, rope. ROPE!", 10), "   3  rope\n");
}

#[test]
fn an_empty_text_gives_an_empty_report() {
    assert_eq!(report("  \n", 10), "");
}
