//! Signing in, pages, tags, redirects.

use std::sync::Arc;

use piton_github::endpoints::{comments, issues, people, repository};
use piton_github::{ForgeError, ForgeRead, Get, found};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind, Right, Rights};

use crate::fixture::{TOKEN, client, widget, with};

#[test]
fn the_token_signs_in_and_is_shown_nowhere() {
    let fake = FakeGitHub::start();
    let github = client(&fake);
    assert_eq!(people::me(&github).unwrap().login, "octo-dev");
    let log = fake.log();
    assert_eq!(
        log[0].authorization.as_deref(),
        Some("Bearer ghp_secretsecret")
    );
    assert!(!format!("{github:?}").contains(TOKEN));
    fake.fault(Fault::new(
        "GET",
        "/user",
        FaultKind::Status(422, "no ghp_secretsecret here"),
    ));
    let refused = people::me(&github).unwrap_err().to_string();
    assert!(refused.contains("no *** here"), "{refused}");
}

#[test]
fn not_signed_in_no_permission_and_not_found_are_told_apart() {
    let fake = FakeGitHub::with(|world| {
        let read_only = Rights {
            login: "reader".to_owned(),
            permissions: Some([("issues", Right::Read)].into()),
            ..Rights::default()
        };
        world.tokens.insert("reader".to_owned(), read_only);
        world.repo("acme/widget").deleted.push(7);
    });
    let nobody = with(fake.address(), None, Arc::default());
    let refused = people::me(&nobody).unwrap_err();
    assert!(
        matches!(&refused, ForgeError::NotSignedIn { message, .. } if message.contains("no token is set")),
        "{refused}"
    );
    let wrong = with(fake.address(), Some("bad-token"), Arc::default());
    assert!(matches!(
        people::me(&wrong),
        Err(ForgeError::NotSignedIn { .. })
    ));
    let reader = with(fake.address(), Some("reader"), Arc::default());
    let new = issues::NewIssue {
        title: "t".to_owned(),
        ..issues::NewIssue::default()
    };
    let refused = issues::create(&reader, &widget(), &new).unwrap_err();
    assert_eq!(
        refused.hint().unwrap(),
        "use a token with the permission issues: write"
    );
    assert!(!refused.may_have_happened());
    let github = client(&fake);
    for number in [7, 99] {
        assert_eq!(
            found(issues::get(&github, &widget(), number)).unwrap(),
            None
        );
    }
}

#[test]
fn a_listing_is_followed_through_all_its_pages() {
    let fake = FakeGitHub::with(|world| {
        let now = jiff::Timestamp::now();
        for n in 0..230 {
            world
                .repo("acme/widget")
                .add_issue(&format!("t{n}"), "b", &[], "octo-dev", now);
        }
    });
    let github = client(&fake);
    let all: Result<Vec<_>, _> =
        issues::list(&github, &widget(), &issues::Filter::default()).collect();
    let numbers: Vec<u64> = all.unwrap().iter().map(|issue| issue.number).collect();
    assert_eq!(numbers, (1..=230).rev().collect::<Vec<_>>());
    assert_eq!(fake.log().len(), 3);
    let newest = issues::list(&github, &widget(), &issues::Filter::default()).next();
    assert_eq!(newest.unwrap().unwrap().number, 230);
    assert_eq!(
        fake.log().len(),
        4,
        "no page is fetched before it is needed"
    );
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn a_page_that_fails_ends_the_listing_with_an_error() {
    let fake = FakeGitHub::with(|world| {
        let now = jiff::Timestamp::now();
        for _ in 0..150 {
            world
                .repo("acme/widget")
                .add_issue("t", "b", &[], "octo-dev", now);
        }
    });
    fake.fault(
        Fault::new("GET", "/issues", FaultKind::Status(500, "down"))
            .skip(1)
            .times(9),
    );
    let github = client(&fake);
    let listed: Result<Vec<_>, _> =
        issues::list(&github, &widget(), &issues::Filter::default()).collect();
    assert!(
        matches!(listed, Err(ForgeError::Outage { .. })),
        "half a listing is no listing"
    );
}

#[test]
fn what_did_not_change_comes_as_304_and_is_still_there() {
    let fake = FakeGitHub::with(|world| {
        world
            .repo("acme/widget")
            .add_issue("t", "b", &[], "octo-dev", jiff::Timestamp::now());
    });
    let github = client(&fake);
    let first = issues::get(&github, &widget(), 1).unwrap();
    let again = issues::get(&github, &widget(), 1).unwrap();
    assert_eq!(first, again);
    let log = fake.log();
    assert_eq!((log[1].if_none_match.is_some(), log[1].status), (true, 304));
    issues::edit(&github, &widget(), 1, issues::Edit::Body("new")).unwrap();
    assert_eq!(issues::get(&github, &widget(), 1).unwrap().body, "new");
}

#[test]
fn a_repository_that_moved_is_followed_and_tells_its_new_name() {
    let fake = FakeGitHub::with(|world| {
        world
            .renamed
            .insert("old/name".to_owned(), "acme/widget".to_owned());
        world
            .repo("acme/widget")
            .add_issue("t", "b", &[], "octo-dev", jiff::Timestamp::now());
    });
    let github = client(&fake);
    let old = "old/name".parse().unwrap();
    assert_eq!(repository::get(&github, &old).unwrap().full_name, widget());
    comments::create(&github, &old, 1, "hello").unwrap();
    assert_eq!(
        fake.world(|world| world.repo("acme/widget").comments.len()),
        1
    );
}

#[test]
fn a_redirect_to_another_host_never_gets_the_token_nor_a_change() {
    let fake = FakeGitHub::start();
    let other = FakeGitHub::with(|world| {
        world.repo("acme/widget").add_issue(
            "elsewhere",
            "b",
            &[],
            "octo-dev",
            jiff::Timestamp::now(),
        );
    });
    let to = |path: &str| format!("{}{path}", other.address());
    let github = client(&fake);
    fake.fault(Fault::new(
        "GET",
        "/issues/1",
        FaultKind::Redirect(302, to("/repos/acme/widget/issues/1")),
    ));
    assert_eq!(
        issues::get(&github, &widget(), 1).unwrap().title,
        "elsewhere"
    );
    assert_eq!(other.log()[0].authorization, None);
    fake.fault(Fault::new(
        "POST",
        "/comments",
        FaultKind::Redirect(307, to("/repos/acme/widget/issues/1/comments")),
    ));
    let refused = comments::create(&github, &widget(), 1, "x").unwrap_err();
    assert!(refused.to_string().contains("another host"), "{refused}");
    fake.fault(Fault::new(
        "GET",
        "/issues/1",
        FaultKind::Redirect(302, "http://example.com/".to_owned()),
    ));
    assert!(
        issues::get(&github, &widget(), 1).is_err(),
        "plain http is for this machine only"
    );
    fake.fault(Fault::new("GET", "", FaultKind::Redirect(302, "/user".to_owned())).times(99));
    let circle = people::me(&github).unwrap_err().to_string();
    assert!(circle.contains("too many redirects"), "{circle}");
    assert_eq!(other.log().len(), 1);
}

#[test]
fn the_time_by_githubs_clock_is_what_the_newest_answer_bore() {
    let fake = FakeGitHub::start();
    let github = client(&fake);
    assert_eq!(github.heard(), None);
    fake.set_now("2026-03-04T05:06:07Z".parse().unwrap());
    github.get(&Get::new(&["user"])).unwrap();
    assert_eq!(
        github.heard(),
        Some("2026-03-04T05:06:07Z".parse().unwrap())
    );
}

#[test]
fn the_end_of_a_token_is_told() {
    let fake = FakeGitHub::with(|world| {
        let rights = Rights {
            login: "me".to_owned(),
            expires: Some("2026-12-25 10:00:00 UTC".to_owned()),
            ..Rights::default()
        };
        world.tokens.insert("t".to_owned(), rights);
    });
    let github = with(fake.address(), Some("t"), Arc::default());
    let (_, answer) = people::me_with_answer(&github).unwrap();
    assert_eq!(
        answer.token_expires,
        Some("2026-12-25T10:00:00Z".parse().unwrap())
    );
}
