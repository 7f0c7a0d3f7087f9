//! Which plan a migration has, and what is said where nobody can read that.

use piton_base::{on_one_line, terminal::clean};
use piton_migration::own::{OWN_FILE, PlanLink, load_own};
use piton_migration::slug::Slug;

use super::{Plan, Reports};

impl Reports<'_> {
    /// Returns the plan of a migration, if it is shared, or why nobody can tell.
    pub(super) fn plan_of(&self, slug: &Slug) -> Result<Option<Plan>, String> {
        let dir = self.place.live().migration(slug);
        let own = load_own(&self.context.disk, &dir).map_err(|error| on_one_line(&error))?;
        let Some(PlanLink { backend, id }) = own.and_then(|own| own.plan) else {
            return Ok(None);
        };
        match (id.parse(), backend.parse()) {
            (Ok(plan), Ok(provider)) => Ok(Some((plan, provider))),
            (Ok(_) | Err(_), _) => Err(format!(
                "{} names a plan of an unknown kind: {id} ({backend})",
                dir.join(OWN_FILE).display()
            )),
        }
    }

    /// Whether something is to be told, and nobody knows which plan.
    pub(super) fn is_unread(&self, slug: &Slug) -> bool {
        self.told.get(slug).is_some_and(|it| it.plan.is_none())
    }

    pub(super) fn warn_of_unread(&self, slug: &Slug, why: &str) {
        let out = &self.context.out;
        let why = clean(why);
        out.warn(&format!("could not tell whether {slug} is shared: {why}"));
        out.hint(&format!(
            "`piton migration doctor {slug}` says what is wrong; if there is a plan, it is told as soon as this can be read"
        ));
    }

    pub(super) fn warn_of_untold(&self, slug: &Slug) {
        let out = &self.context.out;
        out.warn(&format!(
            "if {slug} is shared, its plan was told nothing of this run: nobody could read which plan it is"
        ));
        out.hint(&format!(
            "`piton runs show {}` has what was done; `piton plan comment` tells a plan",
            self.run
        ));
    }
}
