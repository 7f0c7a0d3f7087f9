//! A world of numbers under names, and the operations on it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use piton_base::{Clock, Stop};
use piton_plan::{
    ActionId, Done, ErrorPolicy, Failure, FailureKind, Given, Interaction, Jobs, NoRecord,
    Observation, Observe, Operation, Output, OutputMap, OutputRef, Perform, Plan, PlanBuilder,
    Quiet, Record, Report, Run, Slot, Verb, prepare,
};
use serde::{Deserialize, Serialize};

pub(crate) const ID: Output<u64> = Output::new("id");

/// Fresh ids start here, so that they never look like a decided value.
const FIRST_ID: u64 = 1_000_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Toy {
    /// Makes a name; its number is known afterwards only.
    Make {
        key: String,
    },
    Set {
        key: String,
        value: Slot<u64>,
        was: Option<u64>,
    },
    Remove {
        key: String,
        was: u64,
    },
    Keep {
        key: String,
        value: u64,
    },
    /// Does what leaves no trace.
    Ring {
        key: String,
        repeatable: bool,
    },
}

impl Toy {
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Make { key }
            | Self::Set { key, .. }
            | Self::Remove { key, .. }
            | Self::Keep { key, .. }
            | Self::Ring { key, .. } => key,
        }
    }
}

impl Operation for Toy {
    fn category(&self) -> &'static str {
        "toy"
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Make { .. } => Verb::Create,
            Self::Set { .. } => Verb::Set,
            Self::Remove { .. } => Verb::Delete,
            Self::Keep { .. } => Verb::Skip,
            Self::Ring { .. } => Verb::Run,
        }
    }

    fn target(&self) -> Cow<'_, str> {
        self.key().into()
    }

    fn description(&self) -> Cow<'_, str> {
        match self {
            Self::Make { .. } => "a new number".into(),
            Self::Set { value, .. } => format!("to {value}").into(),
            Self::Remove { .. } => "not wanted".into(),
            Self::Keep { .. } => "as wanted".into(),
            Self::Ring { .. } => "a bell".into(),
        }
    }

    fn uses(&self) -> Vec<&OutputRef> {
        match self {
            Self::Set { value, .. } => value.uses().into_iter().collect(),
            Self::Make { .. } | Self::Remove { .. } | Self::Keep { .. } | Self::Ring { .. } => {
                Vec::new()
            }
        }
    }

    fn produces(&self) -> &'static [&'static str] {
        match self {
            Self::Make { .. } => const { &[ID.name()] },
            Self::Set { .. } | Self::Remove { .. } | Self::Keep { .. } | Self::Ring { .. } => &[],
        }
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Make { .. } => Some("nothing of that name".into()),
            Self::Set { was, .. } => Some(found(*was).into()),
            Self::Remove { was, .. } | Self::Keep { value: was, .. } => {
                Some(found(Some(*was)).into())
            }
            Self::Ring { .. } => None,
        }
    }

    fn repeatable(&self) -> bool {
        matches!(
            self,
            Self::Ring {
                repeatable: true,
                ..
            }
        )
    }
}

fn found(number: Option<u64>) -> String {
    number.map_or("nothing".to_owned(), |number| number.to_string())
}

pub(crate) fn make(key: &str) -> Toy {
    Toy::Make {
        key: key.to_owned(),
    }
}

pub(crate) fn set(key: &str, value: impl Into<Slot<u64>>) -> Toy {
    Toy::Set {
        key: key.to_owned(),
        value: value.into(),
        was: None,
    }
}

/// The world, with everything that can go wrong in it.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) numbers: Mutex<BTreeMap<String, u64>>,
    pub(crate) performed: Mutex<Vec<String>>,
    pub(crate) fails: BTreeSet<String>,
    pub(crate) panics: BTreeSet<String>,
    pub(crate) made: AtomicUsize,
}

impl World {
    pub(crate) fn with(numbers: BTreeMap<String, u64>) -> Self {
        Self {
            numbers: Mutex::new(numbers),
            ..Self::default()
        }
    }

    pub(crate) fn failing(keys: &[&str]) -> Self {
        Self {
            fails: keys.iter().map(|key| (*key).to_owned()).collect(),
            ..Self::default()
        }
    }

    pub(crate) fn numbers(&self) -> BTreeMap<String, u64> {
        self.numbers.lock().unwrap().clone()
    }

    pub(crate) fn performed(&self) -> Vec<String> {
        self.performed.lock().unwrap().clone()
    }
}

impl Observe<Toy> for World {
    fn observe(&self, operation: &Toy, given: &Given<'_>) -> Result<Observation, Failure> {
        let now = self.numbers.lock().unwrap().get(operation.key()).copied();
        let already = |outputs| Ok(Observation::Already { outputs });
        let against = |was: Option<u64>| {
            Ok(if now == was {
                Observation::Pending { found: found(now) }
            } else {
                Observation::Changed {
                    expected: found(was),
                    found: found(now),
                }
            })
        };
        match operation {
            Toy::Make { .. } => match now {
                Some(id) => already(OutputMap::from([(ID.name().to_owned(), id.into())])),
                None => against(None),
            },
            Toy::Set { value, was, .. } => {
                if now == Some(given.value(value)?) {
                    already(OutputMap::new())
                } else {
                    against(*was)
                }
            }
            Toy::Remove { was, .. } => match now {
                None => already(OutputMap::new()),
                Some(_) => against(Some(*was)),
            },
            Toy::Keep { value, .. } => {
                if now == Some(*value) {
                    already(OutputMap::new())
                } else {
                    against(Some(*value))
                }
            }
            Toy::Ring { .. } => Ok(Observation::Unknown {
                why: "a bell leaves no trace".to_owned(),
            }),
        }
    }
}

impl Perform<Toy> for World {
    fn perform(&self, operation: &Toy, given: &Given<'_>) -> Result<Done, Failure> {
        let key = operation.key().to_owned();
        self.performed
            .lock()
            .unwrap()
            .push(given.action().to_string());
        assert!(!self.panics.contains(&key), "no {key} today");
        if self.fails.contains(&key) {
            return Err(Failure::new(FailureKind::Network, "the line is dead"));
        }
        let mut numbers = self.numbers.lock().unwrap();
        match operation {
            Toy::Make { .. } => {
                let id = FIRST_ID + self.made.fetch_add(1, Ordering::SeqCst) as u64;
                numbers.insert(key, id);
                return Ok(Done::saying(format!("made {id}")).with(&ID, id));
            }
            Toy::Set { value, .. } => _ = numbers.insert(key, given.value(value)?),
            Toy::Remove { .. } => _ = numbers.remove(&key),
            Toy::Keep { .. } => unreachable!("keeping is not performed"),
            Toy::Ring { .. } => {}
        }
        Ok(Done::default())
    }
}

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

/// Builds a plan of `(name, names it depends on)`, each setting a number.
pub(crate) fn plan_of(actions: &[(&str, &[&str])]) -> Plan<Toy> {
    let mut builder = PlanBuilder::new("test");
    let handles: BTreeMap<&str, _> = actions
        .iter()
        .map(|(key, _)| (*key, builder.add(set(key, 1))))
        .collect();
    for (key, needs) in actions {
        for need in *needs {
            builder.depend(&handles[key], &handles[need]);
        }
    }
    builder.build().unwrap()
}

#[derive(Debug, Default)]
pub(crate) struct Ways {
    pub(crate) policy: ErrorPolicy,
    pub(crate) jobs: usize,
}

pub(crate) fn run_with(plan: &Plan<Toy>, world: &World, ways: &Ways) -> Report {
    let ready = prepare(plan, Interaction::Unattended).unwrap();
    run_ready(&ready, world, ways, &NoRecord, &Stop::new())
}

pub(crate) fn run(plan: &Plan<Toy>, world: &World) -> Report {
    run_with(plan, world, &Ways::default())
}

pub(crate) fn run_ready(
    ready: &piton_plan::Ready<'_, Toy>,
    world: &World,
    ways: &Ways,
    record: &dyn Record,
    stop: &Stop,
) -> Report {
    Run {
        world,
        performer: world,
        progress: &Quiet,
        clock: &Still,
        record,
        stop,
        policy: ways.policy,
        jobs: Jobs(NonZeroUsize::new(ways.jobs.max(1)).unwrap()),
    }
    .perform(ready)
}

/// Tells each receipt as `target outcome`, in order.
pub(crate) fn told(report: &Report) -> Vec<String> {
    use piton_plan::{Outcome, SkipReason};
    report
        .receipts
        .iter()
        .map(|receipt| {
            let target = receipt.action.target();
            match &receipt.outcome {
                Outcome::Skipped(SkipReason::Dependency { because }) => {
                    let because: Vec<_> = because.iter().map(ActionId::target).collect();
                    format!("{target} skipped by {}", because.join("+"))
                }
                Outcome::Skipped(reason) => format!("{target} skipped: {reason}"),
                Outcome::Failed(failure) => format!("{target} failed: {}", failure.kind),
                Outcome::Ok | Outcome::AlreadySo => {
                    format!("{target} {}", receipt.outcome.word())
                }
            }
        })
        .collect()
}
