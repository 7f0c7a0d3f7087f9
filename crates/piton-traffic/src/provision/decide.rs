//! One plan for everything that setting up takes.

use piton_github::operation::{Dispatch, ForgeOp, SetVariable};
use piton_plan::files::FileOp;
use piton_plan::{Draft, Handle, Input, InputKind, Operation, Otherwise, Plan, PlanBuilder, Slot};

use super::error::CreateError;
use super::facts::Facts;
use super::files::{Filling, Raw, Treat, plan_init};
use super::gists;
use super::kind::Kind;
use super::secret::{plan_check, plan_secret, plan_site};
use super::settings;
use super::settle::Names;
use super::warnings::warn;
use super::watched::watch;
use super::wishes::{Destination, Wishes};
use super::{ARCHIVE_VARIABLE, BADGE_VARIABLE};
use crate::operation::AnyOp;
use crate::templates::{WORKFLOW_FILE, WORKFLOW_PATH};

/// Decides everything. A dry run and a real run call this very function.
pub fn plan_create<O: AnyOp>(
    wishes: &Wishes,
    facts: &Facts,
    place: Destination<'_>,
) -> Result<Plan<O>, CreateError> {
    let mut builder = PlanBuilder::new("traffic create");
    add_create(&mut builder, wishes, facts, place)?;
    builder.build().map_err(CreateError::Faults)
}

/// Adds everything that setting up takes to a plan.
pub(super) fn add_create<O: AnyOp>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    place: Destination<'_>,
) -> Result<(), CreateError> {
    let names = Names::settle(wishes, facts)?;
    let install = match (&wishes.install, wishes.parts.files) {
        (None, true) => return Err(CreateError::NoInstall),
        (install, _) => install.as_ref(),
    };
    warn(builder, wishes, facts, &names);
    watch(builder);
    builder.note("repository", names.repository.to_string());
    builder.note("login", facts.login.as_str());

    let token = plan_check(builder, wishes, facts, &names);
    let badge = gists::plan(builder, Kind::Badge, &facts.badge, &names.repository)?;
    let archive = gists::plan(builder, Kind::Archive, &facts.archive, &names.repository)?;
    let mut before_run: Vec<Handle> = Vec::new();
    if wishes.parts.variables && facts.repository.is_some() {
        before_run = plan_variables(builder, wishes, facts, &names, [&badge.id, &archive.id]);
        before_run.extend(plan_secret(builder, wishes, facts, &names, token.as_ref()));
    }

    let made = [&badge.action, &archive.action].into_iter().flatten();
    let created: Vec<Handle> = made.cloned().collect();
    let mut before_settings = created.clone();
    if let (true, Some(install)) = (wishes.parts.files, install) {
        let filled = Filling {
            names: &names,
            login: &facts.login,
            secret: &wishes.secret,
            install,
            badge: &badge.id,
            archive: &archive.id,
        };
        before_settings.extend(plan_files(builder, wishes, place, &filled, &created)?);
    }

    settings::add(
        builder,
        facts,
        place,
        &names,
        &badge.id,
        &archive.id,
        &before_settings,
    )?;

    if wishes.parts.pages {
        plan_site(builder, facts, &names);
    }
    if wishes.parts.run && facts.deployed {
        plan_run(builder, &names, &before_run);
    }
    Ok(())
}

/// Starts the collector once it knows its gists and has its token.
fn plan_run<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    names: &Names,
    before: &[Handle],
) {
    let run = builder.add(O::from(ForgeOp::Dispatch(Dispatch {
        repository: names.repository.clone(),
        workflow: WORKFLOW_FILE.to_owned(),
        reference: names.branch.clone(),
        inputs: std::collections::BTreeMap::new(),
        distinct: None,
    })));
    for handle in before {
        builder.depend(&run, handle);
    }
}

/// Tells the collector its gists.
fn plan_variables<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    names: &Names,
    gists: [&Slot<String>; 2],
) -> Vec<Handle> {
    let was = facts.variables.clone().unwrap_or_default();
    let variables = [BADGE_VARIABLE, ARCHIVE_VARIABLE].into_iter();
    let mut set = Vec::new();
    for ((name, value), was) in variables.zip(gists).zip(was) {
        let replaces = was.is_some() && value.known() != was.as_ref();
        let mut draft = Draft::new(O::from(ForgeOp::SetVariable(SetVariable {
            repository: names.repository.clone(),
            name: name.to_owned(),
            value: value.clone(),
            was,
        })));
        if replaces && !wishes.force {
            draft = draft.input(Input {
                question: format!("{name} names another gist; replace it?"),
                flag: "--force".to_owned(),
                kind: InputKind::Confirm,
                otherwise: Otherwise::Fail,
            });
        }
        set.push(builder.add_draft(draft));
    }
    set
}

/// Adds the files; returns those that nobody is asked about.
fn plan_files<O: Operation + From<FileOp>>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    place: Destination<'_>,
    filled: &Filling<'_>,
    created: &[Handle],
) -> Result<Vec<Handle>, CreateError> {
    let raw = Raw::new(filled.names);
    let placeholders = raw.as_ref().ok().filter(|_| wishes.raw);
    let placeholders = placeholders.map(|raw| raw.instead_of(filled));
    let filling = placeholders.as_ref().unwrap_or(filled);
    let treat = Treat::new(wishes.on_conflict, place.earlier);
    let files = plan_init(builder, place.disk, place.root, filling, treat);
    let mut sure = Vec::new();
    for file in files.map_err(CreateError::Files)? {
        if file.path == WORKFLOW_PATH {
            // A repository never holds a collector without gists.
            for gist in created {
                builder.depend(&file.handle, gist);
            }
        }
        if !file.asks {
            sure.push(file.handle);
        }
    }
    Ok(sure)
}
