//! Running the command.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use piton_agent::environment::is_never_passed;
use piton_agent::process::{Ended, ExitKind, Launch, LaunchError, Marker, supervise};
use piton_agent::sealing::{Enclosure, EnclosureError, Needs, Purpose, SealTerms, met_the_seal};
use piton_agent::watchdog::EndReason;
use piton_agent::{Host, Limits};
use piton_base::{Clock, Stop};
use piton_durable::{Disk, WriteError, create_dirs};
use piton_seal::CacheSet;

use super::command::ValidationCommand;
use super::output::{Output, ShowOutput};
use super::policy::{Flaky, Policy};
use super::verdict::{How, Red, Verdict};

/// Variables that would point a git in the command at another repository.
const REDIRECTING: [&str; 7] = [
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// The command could not be run, which says nothing about the work.
#[derive(Debug, thiserror::Error)]
pub enum ValidationError {
    #[error("the program `{program}` of the validation command was not found")]
    NotFound { program: String },
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Enclosure(#[from] EnclosureError),
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("what the validation command prints could not be kept in {}", path.display())]
    Record {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Runs the validation command.
#[derive(Clone, Debug)]
pub struct Validator<'a> {
    pub disk: &'a dyn Disk,
    pub clock: &'a dyn Clock,
    pub stop: &'a Stop,
    pub host: &'a Host,
    pub command: Option<&'a ValidationCommand>,
    pub policy: Policy,
    /// Where a note is while the command runs, so that the next piton can end
    /// what this one could not.
    pub notes: &'a Path,
    /// On what terms it runs: agents wrote what runs here.
    pub terms: &'a SealTerms,
    /// The tool caches that go with the slot.
    pub caches: CacheSet,
}

impl Validator<'_> {
    /// Validates what stands in `tree`. What is printed goes below `record`,
    /// one directory a run.
    pub fn validate(
        &self,
        tree: &Path,
        record: &Path,
        token: &str,
        show: &dyn ShowOutput,
    ) -> Result<Verdict, ValidationError> {
        let Some(command) = self.command else {
            return Ok(Verdict::NotAsked);
        };
        let mut first_red = None;
        let most = self.policy.attempts.max(1);
        for attempt in 1..=most {
            let directory = match attempt {
                1 => record.to_owned(),
                again => record.join(format!("run-{again:02}")),
            };
            let token = format!("{token}-{attempt}");
            match self.once(command, tree, &directory, &token, show)? {
                Verdict::Red(red) => {
                    first_red.get_or_insert(red);
                }
                Verdict::Green { .. } if attempt > 1 => {
                    return Ok(Verdict::Flaky {
                        attempts: attempt,
                        accepted: self.policy.flaky == Flaky::Accept,
                    });
                }
                verdict @ (Verdict::Green { .. }
                | Verdict::NotAsked
                | Verdict::Flaky { .. }
                | Verdict::Stopped) => return Ok(verdict),
            }
        }
        Ok(first_red.map_or(Verdict::NotAsked, Verdict::Red))
    }

    fn once(
        &self,
        command: &ValidationCommand,
        tree: &Path,
        directory: &Path,
        token: &str,
        show: &dyn ShowOutput,
    ) -> Result<Verdict, ValidationError> {
        let keep = |source| ValidationError::Record {
            path: directory.to_owned(),
            source,
        };
        create_dirs(self.disk, directory)?;
        let mut output = Output::into(self.disk, directory, show).map_err(keep)?;
        let needs = Needs {
            write: vec![tree.to_owned()],
            purpose: Purpose::Validation,
            caches: self.caches,
            ..Needs::default()
        };
        let place = Enclosure::make(self.terms, needs, token, self.disk)?;
        let mut environment = self.environment();
        place.set(&mut environment);
        let launch = Launch {
            program: self.program(command, tree)?,
            arguments: command.arguments().to_vec(),
            directory: tree.to_owned(),
            environment,
            input: Vec::new(),
            token: token.to_owned(),
            seal: place.request(),
        };
        let mut marker = Marker::of(token).with_temporary(place.temporary());
        create_dirs(self.disk, self.notes)?;
        marker.leave(self.disk, self.notes).map_err(keep)?;
        let ended = supervise(&launch, &mut output, &self.limits(), self.stop, self.clock);
        // A note that stays only makes the next piton look once more.
        let _ = marker.clear(self.disk, self.notes);
        let tail = output.tail();
        let met_the_seal = launch.seal.is_some() && met_the_seal(&tail);
        Ok(judge(&ended?, self.policy, tail, met_the_seal))
    }

    /// A program with a slash in its name is the tree's own; any other is found
    /// where the user's shell would find it.
    fn program(
        &self,
        command: &ValidationCommand,
        tree: &Path,
    ) -> Result<PathBuf, ValidationError> {
        let program = command.program();
        if program.contains('/') {
            return Ok(tree.join(program));
        }
        self.host
            .find_program(program)
            .ok_or_else(|| ValidationError::NotFound {
                program: program.to_owned(),
            })
    }

    /// The user's environment: tests need what nobody thinks of. Without what
    /// could push or publish, because agents write what runs here.
    fn environment(&self) -> BTreeMap<OsString, OsString> {
        let kept = |name: &OsString| {
            name.to_str()
                .is_none_or(|name| !is_never_passed(name) && !REDIRECTING.contains(&name))
        };
        self.host
            .environment
            .iter()
            .filter(|(name, _)| kept(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn limits(&self) -> Limits {
        Limits {
            idle: self.policy.idle,
            deadline: self.policy.deadline,
            ..Limits::default()
        }
    }
}

fn judge(ended: &Ended, policy: Policy, tail: String, met_the_seal: bool) -> Verdict {
    let red = |how| {
        Verdict::Red(Red {
            how,
            tail,
            met_the_seal,
        })
    };
    match (ended.reason, ended.exit) {
        (Some(EndReason::Stopped), _) => Verdict::Stopped,
        (Some(EndReason::Deadline), _) => red(How::TooLong(policy.deadline)),
        (Some(EndReason::Idle | EndReason::Hopeless | EndReason::AfterResult), _) => {
            red(How::Silent(policy.idle))
        }
        (None, ExitKind::Code(0)) => Verdict::Green {
            lasted: ended.lasted,
        },
        (None, exit) => red(How::Exit(exit)),
    }
}
