//! The collector's token, and the site that shows the dashboard.

use piton_github::endpoints::site::Source;
use piton_github::operation::{EnableSite, ForgeOp, KeepSecret, SECRET_FLAG, SetSecret};
use piton_plan::{Draft, Handle, Input, InputKind, Operation, Otherwise, PlanBuilder};

use super::facts::{Facts, SecretFound, SiteFound};
use super::settle::Names;
use super::wishes::{TokenFrom, Wishes};
use crate::operation::{CheckToken, StoreToken, TrafficOp};

/// Tries a token that is named, before anything stores it.
pub(super) fn plan_check<O: Operation + From<TrafficOp>>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    names: &Names,
) -> Option<Handle> {
    let TokenFrom::Variable(from) = &wishes.token else {
        return None;
    };
    if !wishes.parts.variables || facts.repository.is_none() || !stores(wishes, facts) {
        return None;
    }
    Some(builder.add(O::from(TrafficOp::CheckToken(CheckToken {
        repository: names.repository.clone(),
        secret: wishes.secret.clone(),
        from: from.clone(),
    }))))
}

/// Whether a token is to be stored: where there is none, or to replace it.
pub(super) fn stores(wishes: &Wishes, facts: &Facts) -> bool {
    match facts.secret {
        SecretFound::Absent => true,
        SecretFound::Present { .. } | SecretFound::Unknown => wishes.rotate,
    }
}

pub(super) fn plan_secret<O: Operation + From<ForgeOp> + From<TrafficOp>>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    names: &Names,
    checked: Option<&Handle>,
) -> Option<Handle> {
    if !stores(wishes, facts) {
        if facts.secret == SecretFound::Unknown {
            builder.warn(format!(
                "the token may not see whether the secret {} is set",
                wishes.secret
            ));
            return None;
        }
        return Some(builder.add(O::from(ForgeOp::KeepSecret(KeepSecret {
            repository: names.repository.clone(),
            name: wishes.secret.clone(),
            why: "is set; nobody can read it, --rotate-token replaces it".to_owned(),
        }))));
    }
    let was = match facts.secret {
        SecretFound::Present { set } => set,
        SecretFound::Absent | SecretFound::Unknown => None,
    };
    let mut secret = SetSecret {
        repository: names.repository.clone(),
        name: wishes.secret.clone(),
        from: None,
        was,
    };
    match &wishes.token {
        TokenFrom::Variable(from) => {
            secret.from = Some(from.clone());
            let handle = builder.add(O::from(ForgeOp::SetSecret(secret)));
            if let Some(checked) = checked {
                builder.depend(&handle, checked);
            }
            Some(handle)
        }
        TokenFrom::Asked => {
            let question = format!("the token for {} (nothing leaves it to you)", secret.name);
            let draft = Draft::new(O::from(TrafficOp::StoreToken(StoreToken { secret })));
            Some(builder.add_draft(draft.input(Input {
                question,
                flag: SECRET_FLAG.to_owned(),
                kind: InputKind::Secret,
                // Whoever wants another token must give one.
                otherwise: if wishes.rotate {
                    Otherwise::Fail
                } else {
                    Otherwise::Skip
                },
            })))
        }
    }
}

pub(super) fn plan_site<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    facts: &Facts,
    names: &Names,
) {
    let source = Source {
        branch: names.branch.clone(),
        path: "/docs".to_owned(),
    };
    let on = match &facts.site {
        SiteFound::Off => false,
        SiteFound::On(Some(found)) if *found == source => true,
        SiteFound::On(_) => {
            builder.warn("Pages is on from another place; the dashboard will not be at /stats/");
            return;
        }
        SiteFound::Unknown => {
            builder.warn("the token may not see whether Pages is on");
            return;
        }
    };
    builder.add(O::from(ForgeOp::EnableSite(EnableSite {
        repository: names.repository.clone(),
        target: names.repository.to_string(),
        source,
        on,
    })));
}
