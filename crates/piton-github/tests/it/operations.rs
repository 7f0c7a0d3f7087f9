//! Operations: what creates something finds its own mark.

use std::collections::BTreeMap;

use piton_github::operation::{
    CreateGist, DISTINCT_ID, Dispatch, EditGist, ForgePerformer, ForgeWorld, GIST_ID, GistChange,
    RUN_ID, Secrets, SetVariable,
};
use piton_plan::{
    ActionId, Done, Failure, FailureKind, Given, Moment, Observation, Observe, Operation, Perform,
    PlanId, SecretRef, SecretText, Slot,
};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind, Workflow};

use crate::fixture::{Instant, client, widget};

struct Nothing;

impl Secrets for Nothing {
    fn secret(&self, _: &SecretRef) -> Option<SecretText> {
        None
    }
}

fn id() -> PlanId {
    PlanId::new(jiff::Timestamp::UNIX_EPOCH, [9; 10])
}

fn action() -> ActionId {
    "issue:create:x".parse().unwrap()
}

fn look<O: Operation>(fake: &FakeGitHub, operation: &O, moment: Moment) -> Observation<O::Seen>
where
    for<'a> ForgeWorld<'a>: Observe<O>,
{
    let github = client(fake);
    let patience = Instant::default();
    let world = ForgeWorld {
        forge: &github,
        patience: &patience,
    };
    world
        .observe(operation, &Given::nothing(id(), &action()), moment)
        .unwrap()
}

fn act<O: Operation>(fake: &FakeGitHub, operation: &O, seen: O::Seen) -> Result<Done, Failure>
where
    for<'a> ForgePerformer<'a>: Perform<O>,
{
    let github = client(fake);
    let patience = Instant::default();
    let performer = ForgePerformer {
        forge: &github,
        secrets: &Nothing,
        patience: &patience,
    };
    performer.perform(operation, &Given::nothing(id(), &action()), seen)
}

/// Performs with a lost answer, and requires that looking finds what was done.
fn lost_and_found<O: Operation<Seen = ()>>(
    fake: &FakeGitHub,
    operation: &O,
) -> piton_plan::OutputMap
where
    for<'a> ForgeWorld<'a>: Observe<O>,
    for<'a> ForgePerformer<'a>: Perform<O>,
{
    assert!(matches!(
        look(fake, operation, Moment::JustBefore),
        Observation::Pending { .. }
    ));
    fake.fault(Fault::new("POST", "", FaultKind::StatusAfter(502)));
    let lost = act(fake, operation, ()).unwrap_err();
    assert_eq!(lost.kind, FailureKind::Network);
    match look(fake, operation, Moment::JustBefore) {
        Observation::Already { outputs } => outputs,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_run_is_started_once_and_found_by_its_distinct_id() {
    let fake = FakeGitHub::with(|world| {
        let workflow = Workflow {
            id: 7,
            name: "W".to_owned(),
            state: "active".to_owned(),
            run_name: Some(format!("W ${{{{ inputs.{DISTINCT_ID} }}}}")),
        };
        world
            .repo("acme/widget")
            .workflows
            .insert("w.yml".to_owned(), workflow);
    });
    let dispatch = Dispatch {
        repository: widget(),
        workflow: "w.yml".to_owned(),
        reference: "main".to_owned(),
        inputs: BTreeMap::new(),
        distinct: None,
    };
    assert!(matches!(
        look(&fake, &dispatch, Moment::JustBefore),
        Observation::Pending { .. }
    ));
    // The answer is lost: it looks for the run itself.
    fake.fault(Fault::new("POST", "", FaultKind::StatusAfter(502)));
    let outputs = act(&fake, &dispatch, ()).unwrap().outputs;
    assert!(matches!(
        look(&fake, &dispatch, Moment::JustBefore),
        Observation::Already { .. }
    ));
    let run = fake.world(|world| *world.repo("acme/widget").runs.keys().next().unwrap());
    assert_eq!(outputs[RUN_ID.name()], run);
    assert!(run > u64::from(u32::MAX), "ids of runs need 64 bits");
}

#[test]
fn a_gist_whose_answer_was_lost_is_found_by_its_description() {
    let fake = FakeGitHub::start();
    let gist = CreateGist {
        name: "badge".to_owned(),
        description: "[GTT] acme/widget \u{b7} badges".to_owned(),
        public: true,
        files: BTreeMap::from([("state.json".to_owned(), "{}".to_owned())]),
        besides: Vec::new(),
    };
    let outputs = lost_and_found(&fake, &gist);
    let made = fake.world(|world| world.gists.keys().next().unwrap().clone());
    assert_eq!(outputs[GIST_ID.name()], made.as_str());
    let edit = |revision: Option<&str>| EditGist {
        name: "badge".to_owned(),
        change: GistChange::Update,
        id: Slot::Known(made.clone()),
        description: None,
        files: BTreeMap::from([("state.json".to_owned(), "{1}".to_owned())]),
        revision: revision.map(str::to_owned),
    };
    let stale = look(&fake, &edit(Some("another")), Moment::JustBefore);
    assert!(matches!(stale, Observation::Changed { .. }), "{stale:?}");
    act(&fake, &edit(None), ()).unwrap();
    assert!(matches!(
        look(&fake, &edit(None), Moment::After),
        Observation::Already { .. }
    ));
}

#[test]
fn a_variable_that_somebody_changed_meanwhile_is_left_alone() {
    let fake = FakeGitHub::start();
    let set = SetVariable {
        repository: widget(),
        name: "V".to_owned(),
        value: Slot::Known("1".to_owned()),
        was: None,
    };
    let Observation::Pending { seen, .. } = look(&fake, &set, Moment::JustBefore) else {
        panic!("there is none yet");
    };
    act(&fake, &set, seen).unwrap();
    assert!(matches!(
        look(&fake, &set, Moment::After),
        Observation::Already { .. }
    ));
    fake.world(|world| {
        world
            .repo("acme/widget")
            .variables
            .insert("V".to_owned(), "9".to_owned())
    });
    assert!(matches!(
        look(&fake, &set, Moment::JustBefore),
        Observation::Changed { .. }
    ));
}

#[test]
fn what_shows_late_is_waited_for_after_performing_and_not_before() {
    let fake = FakeGitHub::with(|world| {
        world
            .repo("acme/widget")
            .variables
            .insert("V".to_owned(), "0".to_owned());
    });
    let set = SetVariable {
        repository: widget(),
        name: "V".to_owned(),
        value: Slot::Known("1".to_owned()),
        was: Some("0".to_owned()),
    };
    act(&fake, &set, true).unwrap();
    fake.fault(Fault::new("GET", "/variables/V", FaultKind::Stale(1)).times(2));
    assert!(matches!(
        look(&fake, &set, Moment::After),
        Observation::Already { .. }
    ));
    fake.fault(Fault::new("GET", "/variables/V", FaultKind::Stale(1)));
    assert!(matches!(
        look(&fake, &set, Moment::JustBefore),
        Observation::Pending { .. }
    ));
}
