//! What the client does when GitHub does not.

use std::sync::Arc;
use std::time::Duration;

use piton_github::endpoints::{comments, issues, people, variables};
use piton_github::{Base, ForgeError, LimitKind, Trouble};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};

use crate::fixture::{Instant, TOKEN, client, widget, with};

fn with_issue() -> FakeGitHub {
    FakeGitHub::with(|world| {
        world
            .repo("acme/widget")
            .add_issue("t", "b", &[], "octo-dev", jiff::Timestamp::now());
    })
}

fn comments_there(fake: &FakeGitHub) -> usize {
    fake.world(|world| world.repo("acme/widget").comments.len())
}

#[test]
fn reads_are_repeated_until_they_succeed() {
    for kind in [
        FaultKind::Status(500, "oops"),
        FaultKind::Status(502, "bad gateway"),
        FaultKind::Drop,
        FaultKind::Cut,
        FaultKind::Html,
    ] {
        let fake = with_issue();
        fake.fault(Fault::new("GET", "/issues/1", kind).times(2));
        let patience = Arc::<Instant>::default();
        let github = with(fake.address(), Some(TOKEN), Arc::clone(&patience));
        assert_eq!(issues::get(&github, &widget(), 1).unwrap().body, "b");
        assert_eq!(patience.waited.lock().unwrap().len(), 2);
    }
}

#[test]
fn reads_are_given_up_after_a_few_attempts_and_the_error_keeps_githubs_message() {
    let fake = with_issue();
    fake.fault(Fault::new("GET", "/issues/1", FaultKind::Status(503, "we are down")).times(99));
    let error = issues::get(&client(&fake), &widget(), 1).unwrap_err();
    assert!(matches!(
        error,
        ForgeError::Outage {
            status: 503,
            unsure: false,
            ..
        }
    ));
    assert!(error.to_string().contains("we are down"), "{error}");
    assert_eq!(fake.log().len(), 4);
}

#[test]
fn a_creation_is_never_repeated_blindly() {
    for kind in [
        FaultKind::StatusAfter(502),
        FaultKind::DropAfter,
        FaultKind::Cut,
        FaultKind::SlowAfter(Duration::from_millis(900)),
    ] {
        let fake = with_issue();
        fake.fault(Fault::new("POST", "/comments", kind));
        let error = comments::create(&client(&fake), &widget(), 1, "hello").unwrap_err();
        assert!(error.may_have_happened(), "{error}");
        assert_eq!(comments_there(&fake), 1);
        assert_eq!(fake.log().len(), 1);
    }
}

#[test]
fn what_may_be_done_twice_is_repeated_after_a_lost_answer() {
    let fake = FakeGitHub::with(|world| {
        world
            .repo("acme/widget")
            .variables
            .insert("V".to_owned(), "1".to_owned());
    });
    fake.fault(Fault::new("PATCH", "/variables/V", FaultKind::StatusAfter(502)).times(2));
    variables::update(&client(&fake), &widget(), "V", "2").unwrap();
    assert_eq!(fake.log().len(), 3);
    assert_eq!(
        fake.world(|world| world.repo("acme/widget").variables["V"].clone()),
        "2"
    );
}

#[test]
fn a_short_limit_is_waited_also_before_a_creation() {
    let fake = with_issue();
    fake.fault(Fault::new("POST", "/comments", FaultKind::Secondary(2)));
    fake.fault(Fault::new("POST", "/comments", FaultKind::Primary(3)));
    let patience = Arc::<Instant>::default();
    let github = with(fake.address(), Some(TOKEN), Arc::clone(&patience));
    comments::create(&github, &widget(), 1, "hello").unwrap();
    assert_eq!(
        comments_there(&fake),
        1,
        "a limit says that nothing was done"
    );
    let waited = patience.waited.lock().unwrap();
    assert!(
        waited[0] >= Duration::from_secs(2) && waited[1] >= Duration::from_secs(2),
        "{waited:?}"
    );
}

#[test]
fn a_long_limit_is_told_with_its_time_and_not_waited() {
    let fake = with_issue();
    let patience = Arc::<Instant>::default();
    let github = with(fake.address(), Some(TOKEN), Arc::clone(&patience));
    fake.fault(Fault::new("GET", "/issues/1", FaultKind::Primary(900)));
    let before = jiff::Timestamp::now();
    match issues::get(&github, &widget(), 1) {
        Err(ForgeError::Limited {
            kind: LimitKind::Primary,
            until,
            ..
        }) => {
            let wait = until.duration_since(before).as_secs();
            assert!((898..=903).contains(&wait), "{wait}");
        }
        other => panic!("{other:?}"),
    }
    fake.fault(Fault::new("GET", "/issues/1", FaultKind::Secondary(60)));
    let limited = issues::get(&github, &widget(), 1);
    assert!(matches!(
        limited,
        Err(ForgeError::Limited {
            kind: LimitKind::Secondary,
            ..
        })
    ));
    assert!(patience.waited.lock().unwrap().is_empty());
}

#[test]
fn limits_that_do_not_end_are_not_waited_for_ever() {
    let fake = with_issue();
    fake.fault(Fault::new("GET", "/issues/1", FaultKind::Secondary(14)).times(99));
    let patience = Arc::<Instant>::default();
    let github = with(fake.address(), Some(TOKEN), Arc::clone(&patience));
    assert!(matches!(
        issues::get(&github, &widget(), 1),
        Err(ForgeError::Limited { .. })
    ));
    assert!(patience.waited.lock().unwrap().iter().sum::<Duration>() < Duration::from_secs(45));
}

#[test]
fn a_stop_ends_the_waiting() {
    let fake = with_issue();
    fake.fault(Fault::new("GET", "/issues/1", FaultKind::Status(500, "oops")).times(99));
    let patience = Arc::new(Instant {
        stop_at: Some(1),
        ..Instant::default()
    });
    let github = with(fake.address(), Some(TOKEN), patience);
    assert!(matches!(
        issues::get(&github, &widget(), 1),
        Err(ForgeError::Stopped { .. })
    ));
    assert_eq!(fake.log().len(), 1);
}

#[test]
fn no_server_is_a_refused_connection_and_a_slow_one_is_told_as_slow() {
    // A port that was free a moment ago may be another test's by now.
    let github = with("http://127.0.0.1:1", Some(TOKEN), Arc::default());
    let error = comments::create(&github, &widget(), 1, "x").unwrap_err();
    assert!(
        matches!(&error, ForgeError::Transport { unsure: false, .. }),
        "{error:?}"
    );
    let fake = with_issue();
    fake.fault(Fault::new("GET", "/user", FaultKind::Slow(Duration::from_millis(700))).times(99));
    let error = people::me(&client(&fake)).unwrap_err();
    assert!(
        matches!(
            &error,
            ForgeError::Transport {
                trouble: Trouble::Timeout,
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_stale_read_is_what_it_is() {
    let fake = with_issue();
    let github = client(&fake);
    issues::edit(&github, &widget(), 1, issues::Edit::Body("new")).unwrap();
    fake.fault(Fault::new("GET", "/issues/1", FaultKind::Stale(1)));
    assert_eq!(issues::get(&github, &widget(), 1).unwrap().body, "b");
    assert_eq!(issues::get(&github, &widget(), 1).unwrap().body, "new");
}

#[test]
fn another_address_must_be_encrypted() {
    assert!(Base::new("http://192.0.2.1", None).is_err());
    assert!(Base::new("https://ghe.example/api/v3", None).is_ok());
}
