//! Bringing a set-up to the form of today without losing data or edits.

use piton_github::operation::ForgeOp;
use piton_plan::{Handle, Operation, Plan, PlanBuilder, Slot};

use super::error::CreateError;
use super::facts::{Facts, GistFound};
use super::files::{Filling, Treat, plan_init};
use super::gists;
use super::kind::Kind;
use super::settings;
use super::settle::Names;
use super::state::{StateGists, add_state};
use super::watched::watch;
use super::wishes::{Destination, Wishes};
use crate::collect::Mending;
use crate::operation::AnyOp;
use crate::ordered::Object;

/// Which parts are brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpgradeParts {
    pub state: bool,
    pub files: bool,
    pub names: bool,
    pub config: bool,
}

/// Decides an upgrade. Variables and the secret are never touched.
pub fn plan_upgrade<O: AnyOp>(
    wishes: &Wishes,
    facts: &Facts,
    place: Destination<'_>,
    parts: UpgradeParts,
    mended: Option<(&Mending, &Object, StateGists<'_>)>,
) -> Result<Plan<O>, CreateError> {
    let names = Names::settle(wishes, facts)?;
    let mut builder = PlanBuilder::new("traffic upgrade");
    builder.note("repository", names.repository.to_string());
    watch(&mut builder);
    let mut before = Vec::new();
    if let (true, Some((mending, was, gists))) = (parts.state, mended) {
        before = add_state(&mut builder, mending, was, gists)?;
    }
    let (GistFound::One(badge), GistFound::One(archive)) = (&facts.badge, &facts.archive) else {
        refuse_several(&mut builder, facts, &names)?;
        return builder.build().map_err(CreateError::Faults);
    };
    let badge_id = Slot::Known(badge.id.clone());
    let archive_id = Slot::Known(archive.id.clone());
    if parts.names {
        plan_names(&mut builder, facts, &names, &before)?;
    }
    let mut written = Vec::new();
    if let (true, Some(install)) = (parts.files, &wishes.install) {
        let filling = Filling {
            names: &names,
            login: &badge.owner,
            secret: &wishes.secret,
            install,
            badge: &badge_id,
            archive: &archive_id,
        };
        let treat = Treat {
            upgrades: true,
            ..Treat::new(wishes.on_conflict, place.earlier)
        };
        let files = plan_init(&mut builder, place.disk, place.root, &filling, treat)
            .map_err(CreateError::Files)?;
        let sure = files.into_iter().filter(|file| !file.asks);
        written.extend(sure.map(|file| file.handle));
    }
    if parts.config {
        settings::add(
            &mut builder,
            facts,
            place,
            &names,
            &badge_id,
            &archive_id,
            &written,
        )?;
    }
    builder.build().map_err(CreateError::Faults)
}

/// Describes both gists as today, and adds what they lack.
fn plan_names<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    facts: &Facts,
    names: &Names,
    before: &[Handle],
) -> Result<(), CreateError> {
    for (kind, found) in [(Kind::Badge, &facts.badge), (Kind::Archive, &facts.archive)] {
        let bound = gists::plan(builder, kind, found, &names.repository)?;
        // Adding files makes a revision; the state is written before.
        for handle in &bound.edits {
            for write in before {
                builder.depend(handle, write);
            }
        }
    }
    Ok(())
}

/// Tells that a gist is missing; two that disagree are told as everywhere.
fn refuse_several<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    facts: &Facts,
    names: &Names,
) -> Result<(), CreateError> {
    if matches!(facts.badge, GistFound::None) || matches!(facts.archive, GistFound::None) {
        builder.warn("a gist is missing; `piton traffic create` makes it");
    }
    for (kind, found) in [(Kind::Badge, &facts.badge), (Kind::Archive, &facts.archive)] {
        if matches!(found, GistFound::Several(_)) {
            gists::plan(builder, kind, found, &names.repository)?;
        }
    }
    Ok(())
}
