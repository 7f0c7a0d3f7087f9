//! Forgetting that a migration was put off, because a person acted.

use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::manifest::{MANIFEST_FILE, MigrationState};
use piton_migration::stamp::Stamp;

use super::case::{Case, forget_deferral, is_put_off};
use super::refusal::PersonRefusal;

/// Wakes a migration that was put off: it is worked on with the next run.
pub fn wake(case: &Case<'_>, now: Stamp) -> Result<Proposal, PersonRefusal> {
    let live = case.live()?;
    let slug = case.slug.clone();
    let status = live.manifest.status();
    let asleep = live.manifest.cooldown_until().is_some()
        || live.manifest.wake_up_on().is_some()
        || is_put_off(&live.own);
    let manifest = match MigrationState::from(live.manifest.clone()) {
        MigrationState::Planning(planning) if asleep => planning.wake(now).into_manifest(),
        MigrationState::Ready(ready) if asleep => ready.wake(now).into_manifest(),
        MigrationState::Planning(_) | MigrationState::Ready(_) => {
            return Err(PersonRefusal::Awake { slug });
        }
        MigrationState::AwaitingReview(_) => {
            return Err(PersonRefusal::AsksPerson { slug });
        }
        MigrationState::Skipped(_) | MigrationState::Done(_) => {
            return Err(PersonRefusal::Over {
                verb: "wake",
                slug,
                status,
            });
        }
    };
    case.refuse_dirty()?;
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    forget_deferral(&mut contents, &live.own);
    let (mode, why) = (Mode::of_publish(status), "Woken by a person.");
    Ok(case.proposal(live.digest, contents, mode, "wake", why))
}
