//! On what terms programs of others run: the same for all of one command.

use std::fmt::Write as _;
use std::path::PathBuf;

use piton_seal::{Gap, OwnCaches, Request, Standing};

use super::Purpose;

/// On what terms programs of others run, decided once from what the user wants
/// and what this machine can do.
#[derive(Clone, Debug)]
pub struct SealTerms {
    /// How far a seal goes for what needs the network.
    pub standing: Standing,
    /// The same for the project's own checks.
    pub validation: Standing,
    /// The same for everything else: hooks, filters.
    pub others: Standing,
    pub home: Option<PathBuf>,
    /// What of the credential stores may be read after all.
    pub read: Vec<PathBuf>,
    /// More that may not be read.
    pub hide: Vec<PathBuf>,
    /// The tool caches of the clone's own; none where the user's are shared.
    pub caches: Option<OwnCaches>,
    /// What of the user's may be written, such as shared caches.
    pub write: Vec<PathBuf>,
    /// Where temporary directories are made.
    pub temporary: PathBuf,
}

impl SealTerms {
    /// Terms under which nothing is sealed and nothing changed.
    pub fn off() -> Self {
        Self {
            standing: Standing::Off,
            validation: Standing::Off,
            others: Standing::Off,
            home: None,
            read: Vec::new(),
            hide: Vec::new(),
            caches: None,
            write: Vec::new(),
            temporary: PathBuf::from("/tmp"),
        }
    }

    /// Returns what is to be told once, at the start, where not all is sealed.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for standing in [&self.standing, &self.validation, &self.others] {
            match standing {
                Standing::Sealed { gaps: more, .. } => gaps.extend(more),
                Standing::Unavailable { gap } => gaps.push(*gap),
                Standing::Off => {}
            }
        }
        let mut seen = Vec::new();
        gaps.retain(|gap| {
            let new = !seen.contains(gap);
            seen.push(*gap);
            new
        });
        gaps
    }

    /// Returns what a program may do that runs for `purpose`; nothing where it
    /// is not sealed.
    pub fn request(&self, purpose: Purpose) -> Option<Request> {
        self.standing.is_sealed().then(|| Request {
            write: Vec::new(),
            write_if_there: self.write.clone(),
            home: self.home.clone(),
            hide: self.hide.clone(),
            read: self.read.clone(),
            network: self.of(purpose).network(),
        })
    }

    /// Says all of it in one line.
    pub fn line(&self) -> String {
        let mut line = format!("agents are {}", self.standing);
        for (who, standing) in [("validations", &self.validation), ("hooks", &self.others)] {
            if *standing != self.standing {
                let _ = write!(line, "; {who} are {standing}");
            }
        }
        line
    }

    /// Returns how far the seal goes for a program.
    pub(crate) fn of(&self, purpose: Purpose) -> &Standing {
        match purpose {
            Purpose::Working => &self.standing,
            Purpose::Validation => &self.validation,
            Purpose::Other => &self.others,
        }
    }
}
