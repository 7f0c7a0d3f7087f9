//! On what terms programs of others run: the same for all of one command.

use std::path::PathBuf;

use piton_seal::{Gap, Network, OwnCache, Standing};

/// On what terms programs of others run, decided once from what the user wants
/// and what this machine can do.
#[derive(Clone, Debug)]
pub struct SealTerms {
    /// How far a seal goes for what needs the network.
    pub standing: Standing,
    /// The same for what does not: validations, hooks.
    pub cut: Standing,
    pub home: Option<PathBuf>,
    /// What of the credential stores may be read after all.
    pub read: Vec<PathBuf>,
    /// More that may not be read.
    pub hide: Vec<PathBuf>,
    /// The tool caches of the clone's own; none where the user's are shared.
    pub caches: Vec<OwnCache>,
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
            cut: Standing::Off,
            home: None,
            read: Vec::new(),
            hide: Vec::new(),
            caches: Vec::new(),
            write: Vec::new(),
            temporary: PathBuf::from("/tmp"),
        }
    }

    /// Returns what is to be told once, at the start, where not all is sealed.
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for standing in [&self.standing, &self.cut] {
            match standing {
                Standing::Sealed { gaps: more, .. } => gaps.extend(more),
                Standing::Unavailable { gap } => gaps.push(*gap),
                Standing::Off => {}
            }
        }
        gaps.dedup();
        gaps
    }

    pub(super) fn network(&self, wanted: Network) -> Network {
        match wanted {
            Network::On => Network::On,
            Network::Loopback | Network::Off => self.cut.network(),
        }
    }
}
