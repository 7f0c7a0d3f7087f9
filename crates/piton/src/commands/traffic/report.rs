//! What is told when tracking was set up: addresses, and what is still open.

use piton_plan::{Outcome, Plan, Receipt, SkipReason};
use piton_traffic::provision::{Facts, GistFound, SiteFound, Wishes};
use serde_json::json;

use super::badge::{ALL, addresses, dashboard_of};
use crate::context::Context;
use crate::operation::Op;

pub(super) fn tell(
    context: &Context,
    wishes: &Wishes,
    facts: &Facts,
    plan: &Plan<Op>,
    receipts: &[Receipt],
) {
    let id = |found, name| gist_id(found, name, receipts);
    let (Some(badge), Some(archive)) = (id(&facts.badge, "badge"), id(&facts.archive, "archive"))
    else {
        return;
    };
    let repository = facts
        .repository
        .as_ref()
        .map_or(&wishes.repository, |found| &found.full_name);
    let dashboard = dashboard_of(repository);
    let badges: Vec<String> = ALL
        .into_iter()
        .map(|name| {
            let (image, link) = addresses(name, &facts.login, &badge, &dashboard);
            format!("[![{name}]({image})]({link})")
        })
        .collect();
    let open = open(wishes, facts, plan, receipts);
    let out = &context.out;
    if out.json_wanted() {
        out.amend(json!({
            "badge_gist": badge, "archive_gist": archive, "dashboard": dashboard,
            "badges": badges, "open": open,
        }));
        return;
    }
    let mut text =
        format!("\nbadge gist    {badge}\narchive gist  {archive}\ndashboard     {dashboard}\n\n");
    for badge in badges {
        text.push_str(&badge);
        text.push('\n');
    }
    if !open.is_empty() {
        text.push_str("\nstill open:\n");
        for step in open {
            text.push_str("  - ");
            text.push_str(&step);
            text.push('\n');
        }
    }
    out.data(&text);
}

/// Returns the gist that was found, or that was made.
fn gist_id(found: &GistFound, name: &str, receipts: &[Receipt]) -> Option<String> {
    match found {
        GistFound::One(candidate) => Some(candidate.id.clone()),
        GistFound::None | GistFound::Unwanted(_) | GistFound::Several(_) => {
            let action = format!("gist:create:{name}");
            let receipt = receipts
                .iter()
                .find(|receipt| receipt.action.as_str() == action)?;
            receipt.outputs.get("id")?.as_str().map(str::to_owned)
        }
    }
}

/// The steps that are left to a person, only those that really are.
fn open(wishes: &Wishes, facts: &Facts, plan: &Plan<Op>, receipts: &[Receipt]) -> Vec<String> {
    let mut open = Vec::new();
    let left = |action: &str| {
        receipts.iter().any(|receipt| {
            receipt.action.as_str() == action
                && matches!(
                    receipt.outcome,
                    Outcome::Skipped(SkipReason::NoInput { .. } | SkipReason::Declined)
                )
        })
    };
    let secret = format!("secret:set:{}", wishes.secret);
    if wishes.parts.variables && left(&secret) {
        open.push(format!(
            "store the collector's token: `gh secret set {} -R {}`",
            wishes.secret, wishes.repository
        ));
    }
    let writes = plan.actions().iter().any(|action| {
        let id = action.id().as_str();
        id.starts_with("file:") && !id.starts_with("file:skip:")
    });
    if writes || (wishes.parts.files && !facts.deployed) {
        open.push("commit the files and push them to the default branch".to_owned());
    }
    if facts.site == SiteFound::Off && !wishes.parts.pages {
        open.push("publish /docs with GitHub Pages (--enable-pages does it)".to_owned());
    }
    open
}
