//! Whether the repository is sound before anything is done.

use piton_loop::deciding::stop::Stop;
use piton_loop::validation::Verdict;
use piton_loop::work::{End, Halt, prove};

use super::ending::Ending;
use super::finisher::Finisher;
use super::view::View;
use crate::error::CommandError;
use crate::output::{Channel, Level};
use crate::workshop::Teller;

impl Finisher<'_> {
    /// Validates the commit that the run starts from, once.
    pub(super) fn baseline(
        &self,
        teller: &Teller<'_>,
        view: &View,
    ) -> Result<Option<Ending>, CommandError> {
        let floor = self.floor;
        let tree = piton_git::landing::tree_of(&floor.place.repository, &view.head)?;
        let proved = prove::baseline(self.shop, self.run, &view.head, tree.as_str());
        let proof = match proved {
            Ok(proof) => proof,
            Err(Halt::Failed(failure)) => return Ok(Some(Ending::Broken(failure.story))),
            Err(Halt::Ended(end)) => {
                return Ok(Some(match end {
                    End::CutShort(budget) => Ending::Decided(Stop::Budget(budget)),
                    End::HeldBack(begun) => Ending::UnderWay(begun),
                    End::Stopped => Ending::Interrupted,
                    End::OutOfQuota { message, .. } | End::Unavailable { message, .. } => {
                        Ending::Broken(message)
                    }
                }));
            }
        };
        let out = &floor.context.out;
        if proof.verdict.is_good() {
            if !matches!(proof.verdict, Verdict::NotAsked) && proof.record.is_none() {
                let text = format!("  {} was green before", view.head.short());
                out.say(Channel::General, Level::NORMAL, &text);
            }
            return Ok(None);
        }
        if let Verdict::Red(red) = &proof.verdict {
            teller.say(&red.tail);
        }
        if !proof.missing.is_empty() {
            out.hint(&format!(
                "your tree has {}, which git ignores and a slot does not have; set `slot.setup` to the command that makes it, such as `npm ci`",
                proof.missing.join(", ")
            ));
        }
        Ok(Some(Ending::BaselineRed))
    }
}
