//! A world of numbers under names, and the operations on it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use piton_base::{Clock, Stop};
use piton_plan::{
    ActionId, Description, Done, ErrorPolicy, Failure, FailureKind, Given, Interaction, Jobs, Key,
    Moment, NoRecord, Observation, Observe, Operation, Output, OutputMap, OutputRef, Perform, Plan,
    PlanBuilder, PlanId, Quiet, Record, Report, Run, Slot, Verb, prepare,
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
    /// Sets the difference of two numbers.
    Differ {
        key: String,
        of: [Slot<u64>; 2],
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
    },
    /// Fails where nothing has the name.
    Check {
        key: String,
    },
}

impl Toy {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Make { key }
            | Self::Set { key, .. }
            | Self::Differ { key, .. }
            | Self::Remove { key, .. }
            | Self::Keep { key, .. }
            | Self::Ring { key, .. }
            | Self::Check { key } => key,
        }
    }
}

impl Operation for Toy {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let verb = match self {
            Self::Make { .. } => Verb::Create,
            Self::Set { .. } | Self::Differ { .. } => Verb::Set,
            Self::Remove { .. } => Verb::Delete,
            Self::Keep { .. } => Verb::Skip,
            Self::Ring { .. } => Verb::Run,
            Self::Check { .. } => Verb::Check,
        };
        Key::new("toy", verb, self.name())
    }

    fn describe(&self) -> Description<'_> {
        match self {
            Self::Make { .. } => Description::new("a new number").premise("nothing of that name"),
            Self::Set { value, was, .. } => {
                Description::new(format!("to {value}")).premise(found(*was))
            }
            Self::Differ { .. } => Description::new("a difference").premise("nothing"),
            Self::Remove { was, .. } => Description::new("not wanted").premise(found(Some(*was))),
            Self::Keep { value, .. } => Description::new("as wanted").premise(found(Some(*value))),
            Self::Ring { .. } => Description::new("a bell"),
            Self::Check { .. } => Description::new("whether it is there"),
        }
    }

    fn uses(&self) -> Vec<&OutputRef> {
        match self {
            Self::Set { value, .. } => value.uses().into_iter().collect(),
            Self::Differ { of, .. } => of.iter().filter_map(Slot::uses).collect(),
            _ => Vec::new(),
        }
    }

    fn produces(&self) -> &'static [&'static str] {
        match self {
            Self::Make { .. } => const { &[ID.name()] },
            _ => &[],
        }
    }

    fn leaves_a_trace(&self) -> bool {
        !matches!(self, Self::Check { .. })
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
    /// What was looked at, and when.
    pub(crate) looks: Mutex<Vec<(String, Moment)>>,
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
    fn observe(
        &self,
        operation: &Toy,
        given: &Given<'_>,
        moment: Moment,
    ) -> Result<Observation<()>, Failure> {
        self.looks
            .lock()
            .unwrap()
            .push((operation.name().to_owned(), moment));
        let now = self.numbers.lock().unwrap().get(operation.name()).copied();
        let already = |outputs| Ok(Observation::Already { outputs });
        let against = |was: Option<u64>| {
            Ok(if now == was {
                Observation::pending(found(now), ())
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
            Toy::Differ { .. } => against(None),
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
                seen: (),
            }),
            Toy::Check { .. } => Ok(Observation::pending(found(now), ())),
        }
    }
}

impl Perform<Toy> for World {
    fn perform(&self, operation: &Toy, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let key = operation.name().to_owned();
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
            Toy::Differ {
                of: [more, less], ..
            } => {
                _ = numbers.insert(key, given.value(more)? - given.value(less)?);
            }
            Toy::Remove { .. } => _ = numbers.remove(&key),
            Toy::Keep { .. } => unreachable!("keeping is not performed"),
            Toy::Ring { .. } => {}
            Toy::Check { .. } => {
                if !numbers.contains_key(&key) {
                    return Err(Failure::new(FailureKind::ValidationRed, "it is not there"));
                }
            }
        }
        Ok(Done::default())
    }
}

/// The id of every plan here.
pub(crate) fn plan_id() -> PlanId {
    PlanId::new(Timestamp::UNIX_EPOCH, [7; 10])
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
    let ready = prepare(plan, &[], Interaction::Unattended).unwrap();
    run_ready(&ready, world, ways, &NoRecord, &Stop::new())
}

pub(crate) fn run(plan: &Plan<Toy>, world: &World) -> Report {
    run_with(plan, world, &Ways::default())
}

/// Performs a plan in one world, and looks at another.
pub(crate) fn performed<O: Operation>(
    plan: &Plan<O>,
    world: &dyn Observe<O>,
    performer: &dyn Perform<O>,
) -> Report {
    Run {
        id: plan_id(),
        world,
        performer,
        progress: &Quiet,
        clock: &Still,
        record: &NoRecord,
        stop: &Stop::new(),
        policy: ErrorPolicy::default(),
        jobs: Jobs::default(),
    }
    .perform(&prepare(plan, &[], Interaction::Unattended).unwrap())
}

pub(crate) fn run_ready(
    ready: &piton_plan::Ready<'_, Toy>,
    world: &World,
    ways: &Ways,
    record: &dyn Record,
    stop: &Stop,
) -> Report {
    Run {
        id: plan_id(),
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
