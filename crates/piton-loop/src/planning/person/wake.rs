//! Forgetting that a migration was put off, because a person acted.

use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_migration::candidate::Proposal;
use piton_migration::manifest::{MANIFEST_FILE, MigrationState};
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::super::decide::refuse_dirty;
use super::super::site::Site;
use super::super::snapshot::Live;
use super::proposal::{forget_deferral, is_put_off, proposal};
use super::refusal::PersonRefusal;

/// Wakes a migration that was put off: it is worked on with the next run.
pub fn wake(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    slug: &Slug,
    prefix: &str,
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    let live = Live::read(disk, site, slug)?;
    let slug = slug.clone();
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
    refuse_dirty(git, site, &slug)?;
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    forget_deferral(&mut contents, &live.own);
    let (mode, why) = (Proposal::mode_of(status), "Woken by a person.");
    Ok(proposal(
        slug,
        live.digest,
        contents,
        mode,
        ("wake", prefix),
        why,
    ))
}
