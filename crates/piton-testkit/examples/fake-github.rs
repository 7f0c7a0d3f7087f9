//! A fake GitHub to try commands on: prints its address, and listens until its
//! standard input ends.

#![expect(clippy::print_stdout, reason = "the address is what it is for")]

use std::io::Read as _;

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::FakeGitHub;
use serde_json::json;

fn main() {
    let fake = FakeGitHub::with(|world| {
        "jo".clone_into(&mut world.login);
        let now = Timestamp::now();
        let repo = world.repo("acme/widget");
        repo.public_key = (
            "key-1".to_owned(),
            "CcKxKW+qZzOwUGo+XGqFfqfDhPdUYxfV0SNKFmTrkyA=".to_owned(),
        );
        repo.created_at = now - SignedDuration::from_hours(24 * 90);
        for (kind, each) in [("clones", 6), ("views", 40)] {
            let days = (0..14_u64).rev().map(|back| {
                let at = now - SignedDuration::from_hours(24 * i64::try_from(back).unwrap_or(0));
                let day = &at.to_string()[..10];
                let count = each + back % 5;
                json!({"timestamp": format!("{day}T00:00:00Z"), "count": count, "uniques": count / 2})
            });
            repo.traffic.insert(kind.to_owned(), days.collect());
        }
        repo.traffic.insert(
            "referrers".to_owned(),
            vec![json!({"referrer": "news.ycombinator.com", "count": 31, "uniques": 20})],
        );
    });
    println!("{}", fake.address());
    let mut nothing = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut nothing);
    for violation in fake.violations() {
        println!("not in GitHub's description: {violation}");
    }
}
