//! Where targets come from, one for each action.

use piton_migration::own::TargetProvenance;

use super::Target;
use super::dice::Dice;

/// How many files a random target has.
const RANDOM_FILES: usize = 5;

/// A supply of targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// No source actions: migrations alone, or nothing matched.
    Nothing,
    /// Each once, in an order that the seed decides.
    Finite(Vec<Target>),
    /// One file an action, repeats allowed.
    Pool {
        provenance: TargetProvenance,
        files: Vec<String>,
    },
    /// The same for every action.
    Group(Target),
    /// A few files an action out of all of them.
    Ambient(Vec<String>),
}

impl Source {
    /// Returns the target of an action, when `taken` were taken up before it.
    pub fn pick(&self, seed: u64, taken: u32) -> Option<Target> {
        let mut dice = Dice::new(seed, taken);
        match self {
            Self::Nothing => None,
            Self::Finite(targets) => {
                let mut order: Vec<usize> = (0..targets.len()).collect();
                Dice::new(seed, 0).shuffle(&mut order);
                let index = *order.get(usize::try_from(taken).ok()?)?;
                targets.get(index).cloned()
            }
            Self::Pool { provenance, files } => {
                let file = files.get(dice.below(files.len()))?;
                Some(Target::plain(file, *provenance, vec![file.clone()]))
            }
            Self::Group(target) => Some(target.clone()),
            Self::Ambient(files) => {
                let chosen = dice.distinct(RANDOM_FILES, files.len());
                let mut files: Vec<String> = chosen
                    .into_iter()
                    .filter_map(|index| files.get(index).cloned())
                    .collect();
                files.sort_unstable();
                (!files.is_empty())
                    .then(|| Target::plain("random files", TargetProvenance::Random, files))
            }
        }
    }

    /// Whether it comes to an end by itself.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Finite(_) => true,
            Self::Nothing | Self::Pool { .. } | Self::Group(_) | Self::Ambient(_) => false,
        }
    }

    /// Returns how many targets there are, where that is known.
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::Nothing => Some(0),
            Self::Finite(targets) => Some(targets.len()),
            Self::Pool { .. } | Self::Group(_) | Self::Ambient(_) => None,
        }
    }
}
