//! Which migrations are told of in a stored plan.

use piton_migration::own::{PlanLink, load_own};
use piton_migration::slug::Slug;

use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};

/// The migrations that are told of in a plan, and those that may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub(crate) links: Vec<(Slug, PlanLink)>,
    pub(crate) unread: Vec<Unread>,
}

/// Returns the migrations that are told of in a plan.
pub(crate) fn shared(context: &Context, place: &Place) -> Result<Shared, CommandError> {
    let live = place.live();
    let slugs = live
        .contents(&context.disk)
        .or_failed("could not list the migrations")?
        .slugs;
    let mut shared = Shared::default();
    for slug in slugs {
        match load_own(&context.disk, &live.migration(&slug)) {
            Ok(own) => {
                let plan = own.and_then(|own| own.plan);
                shared.links.extend(plan.map(|plan| (slug, plan)));
            }
            Err(error) => shared.unread.push(Unread {
                slug,
                why: piton_base::on_one_line(&error),
            }),
        }
    }
    Ok(shared)
}

/// A migration whose notes cannot be read, which say whether it is shared.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) slug: Slug,
    pub(crate) why: String,
}
