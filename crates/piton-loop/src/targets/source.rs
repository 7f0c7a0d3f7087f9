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
    /// Returns the next target that is free, with its place in the supply, when
    /// `taken` came before it.
    pub fn pick(
        &self,
        seed: u64,
        taken: u32,
        is_free: &dyn Fn(&Target) -> bool,
    ) -> Option<(u32, Target)> {
        if let Self::Finite(targets) = self {
            let mut order: Vec<usize> = (0..targets.len()).collect();
            Dice::new(seed, 0).shuffle(&mut order);
            return (taken..)
                .zip(order.into_iter().skip(usize::try_from(taken).ok()?))
                .filter_map(|(place, index)| Some((place, targets.get(index)?)))
                .find(|(_, target)| is_free(target))
                .map(|(place, target)| (place, target.clone()));
        }
        Some((taken, self.drawn(Dice::new(seed, taken), is_free)?))
    }

    /// Draws a target from a supply without end.
    fn drawn(&self, mut dice: Dice, is_free: &dyn Fn(&Target) -> bool) -> Option<Target> {
        match self {
            Self::Nothing | Self::Finite(_) => None,
            Self::Pool { provenance, files } => {
                // If the file that was drawn is taken, the next free one.
                let (before, from) = files.split_at_checked(dice.below(files.len()))?;
                from.iter()
                    .chain(before)
                    .map(|file| Target::plain(file, *provenance, vec![file.clone()]))
                    .find(is_free)
            }
            Self::Group(target) => is_free(target).then(|| target.clone()),
            Self::Ambient(all) => {
                let chosen = dice.distinct(RANDOM_FILES, all.len());
                let mut files: Vec<String> = chosen
                    .into_iter()
                    .filter_map(|index| all.get(index).cloned())
                    .collect();
                files.sort_unstable();
                let of = |files| Target::plain("random files", TargetProvenance::Random, files);
                files.retain(|file| is_free(&of(vec![file.clone()])));
                if files.is_empty() {
                    files.extend(
                        all.iter()
                            .find(|file| is_free(&of(vec![(*file).clone()])))
                            .cloned(),
                    );
                }
                (!files.is_empty()).then(|| of(files))
            }
        }
    }

    /// Whether it comes to an end by itself.
    pub(crate) fn is_finite(&self) -> bool {
        match self {
            Self::Finite(_) => true,
            Self::Nothing | Self::Pool { .. } | Self::Group(_) | Self::Ambient(_) => false,
        }
    }
}
