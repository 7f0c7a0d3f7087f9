//! Questions, asked before anything changes.

use crate::toy::{Toy, World, run_ready, set, told};
use piton_base::Stop;
use piton_plan::{
    ActionId, Answer, Ask, AskError, Draft, Input, InputKind, Interaction, NoRecord, Otherwise,
    Plan, PlanBuilder, PrepareError, Reply, outlook, prepare,
};

fn asks(key: &str, flag: &str, otherwise: Otherwise) -> Draft<Toy> {
    Draft::new(set(key, 1)).input(Input {
        question: format!("set {key}?"),
        flag: flag.to_owned(),
        kind: InputKind::Confirm,
        otherwise,
    })
}

fn plan(otherwise: Otherwise) -> Plan<Toy> {
    let mut builder = PlanBuilder::new("test");
    builder.add(set("free", 1));
    for key in ["a", "b", "c"] {
        builder.add_draft(asks(key, "--force", otherwise));
    }
    builder.add_draft(asks("other", "--other", otherwise));
    builder.build().unwrap()
}

/// Gives prepared replies, and keeps what was asked.
struct Script(Vec<Reply>, Vec<String>);

impl Ask for Script {
    fn ask(&mut self, action: &ActionId, _: &Input) -> Result<Reply, AskError> {
        self.1.push(action.target().to_owned());
        if self.0.is_empty() {
            return Err(AskError::Interrupted);
        }
        Ok(self.0.remove(0))
    }
}

fn asked(replies: &[Reply]) -> (Vec<String>, Vec<String>) {
    let plan = plan(Otherwise::Fail);
    let mut script = Script(replies.to_vec(), Vec::new());
    let ready = prepare(&plan, &[], Interaction::Terminal(&mut script)).unwrap();
    let report = run_ready(
        &ready,
        &World::default(),
        &crate::toy::Ways::default(),
        &NoRecord,
        &Stop::new(),
    );
    (script.1, told(&report))
}

#[test]
fn each_action_is_asked_about_in_turn() {
    let (questions, outcomes) = asked(&[Reply::Yes, Reply::No, Reply::Yes, Reply::No]);
    assert_eq!(questions, ["a", "b", "c", "other"]);
    assert_eq!(
        outcomes,
        [
            "free ok",
            "a ok",
            "b skipped: declined",
            "c ok",
            "other skipped: declined"
        ]
    );
}

#[test]
fn an_answer_for_all_holds_for_the_questions_with_the_same_flag() {
    let (questions, outcomes) = asked(&[Reply::No, Reply::All, Reply::No]);
    assert_eq!(questions, ["a", "b", "other"]);
    assert_eq!(
        outcomes,
        [
            "free ok",
            "a skipped: declined",
            "b ok",
            "c ok",
            "other skipped: declined"
        ]
    );
    let (questions, outcomes) = asked(&[Reply::SkipAll, Reply::Yes]);
    assert_eq!(questions, ["a", "other"]);
    assert_eq!(outcomes[3], "c skipped: declined");
}

#[test]
fn where_nobody_can_be_asked_all_missing_answers_are_named_before_anything_changes() {
    let plan = plan(Otherwise::Fail);
    let Err(PrepareError::Missing(missing)) = prepare(&plan, &[], Interaction::Unattended) else {
        panic!("nobody was there to answer");
    };
    assert_eq!(missing.0.len(), 4);
    insta::assert_snapshot!(missing, @"
    answers are missing, and there is no terminal to ask at
    `toy:set:a` asks: set a? (answer it with --force)
    `toy:set:b` asks: set b? (answer it with --force)
    `toy:set:c` asks: set c? (answer it with --force)
    `toy:set:other` asks: set other? (answer it with --other)
    ");
}

#[test]
fn what_may_be_left_out_is_left_out_where_nobody_can_be_asked() {
    let plan = plan(Otherwise::Skip);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    assert_eq!(ready.left_out().count(), 4);
}

#[test]
fn a_rehearsal_says_what_would_be_missing_left_out_and_blocked() {
    let mut builder = PlanBuilder::new("test");
    let must = builder.add_draft(asks("must", "--must", Otherwise::Fail));
    let may = builder.add_draft(asks("may", "--may", Otherwise::Skip));
    let hangs = builder.add_draft(Draft::new(set("hangs", 1)).needs(&may));
    builder.add_draft(Draft::new(set("beyond", 1)).needs(&hangs));
    builder.add_draft(Draft::new(set("waits", 1)).needs(&must));
    builder.add_draft(asks("asks-too", "--too", Otherwise::Skip).needs(&may));
    // None of these needs an answer.
    let free = builder.add_draft(Draft::new(set("only-after", 1)).after(&may));
    builder.add_draft(Draft::new(set("free", 1)).needs(&free));
    let outlook = outlook(&builder.build().unwrap());
    insta::assert_snapshot!(piton_plan::render::outlook(&outlook), @"
    needs input that is not available: toy:set:must (set must?; answer it with --must)
    left out, because nobody answered: toy:set:may
    blocked by it: toy:set:hangs
    blocked by it: toy:set:beyond
    blocked by it: toy:set:waits
    blocked by it: toy:set:asks-too
    ");
}

#[test]
fn what_cannot_be_performed_anyway_is_not_asked_about() {
    let mut builder = PlanBuilder::new("test");
    let first = builder.add_draft(asks("first", "--first", Otherwise::Fail));
    builder.add_draft(asks("second", "--second", Otherwise::Fail).needs(&first));
    let plan = builder.build().unwrap();
    let mut script = Script(vec![Reply::No], Vec::new());
    prepare(&plan, &[], Interaction::Terminal(&mut script)).unwrap();
    assert_eq!(script.1, ["first"]);
}

#[test]
fn what_was_answered_beforehand_is_not_asked_and_the_rest_is() {
    let plan = plan(Otherwise::Fail);
    let told = [("--force".to_owned(), Answer::Yes)];
    let mut script = Script(vec![Reply::No], Vec::new());
    let ready = prepare(&plan, &told, Interaction::Terminal(&mut script)).unwrap();
    assert_eq!(script.1, ["other"]);
    let left_out: Vec<_> = ready.left_out().map(|(id, _)| id.target()).collect();
    assert_eq!(left_out, ["other"]);
}

#[test]
fn an_interrupted_question_is_an_error_and_changes_nothing() {
    let plan = plan(Otherwise::Fail);
    let mut script = Script(vec![Reply::Yes], Vec::new());
    let error = prepare(&plan, &[], Interaction::Terminal(&mut script)).unwrap_err();
    assert_eq!(error.to_string(), "could not ask about `toy:set:b`");
}

#[test]
fn the_words_of_the_prompt_are_known_and_all_others_are_asked_again() {
    let check = |line: &str, expected| assert_eq!(Reply::from_line(line), expected, "{line}");
    check("", Some(Reply::No));
    check("n\n", Some(Reply::No));
    check("Y", Some(Reply::Yes));
    check("a", Some(Reply::All));
    check("all yes", Some(Reply::All));
    check("s", Some(Reply::SkipAll));
    check("skip all", Some(Reply::SkipAll));
    check("maybe", None);
}
