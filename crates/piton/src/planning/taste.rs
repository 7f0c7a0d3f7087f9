//! The taste that is in force here, and whether it is out of date.

use std::path::Path;

use piton_loop::taste::{Taste, TastePaths, TasteSource};

use crate::context::{Context, Place};

/// Returns where the taste of a repository may be.
pub(crate) fn paths(context: &Context, place: &Place) -> TastePaths {
    paths_below(context, place, place.top())
}

/// Returns where the team's taste is, from the top of the repository.
pub(crate) fn file(place: &Place) -> &str {
    place.settings.taste()
}

/// The same with the repository's taste below another directory.
pub(crate) fn paths_below(context: &Context, place: &Place, root: &Path) -> TastePaths {
    TastePaths {
        project: root.join(file(place)),
        global: context.environment.user_taste(),
    }
}

/// Warns where the taste in force was written when piton asked about fewer
/// things. One that cannot be read is left to whoever needs it.
pub(crate) fn warn_if_stale(context: &Context, place: &Place) {
    let Ok(taste) = Taste::load(&context.disk, &paths(context, place)) else {
        return;
    };
    if !taste.version().is_stale() {
        return;
    }
    let (path, flag) = match &taste.source {
        TasteSource::Project(path) => (path, ""),
        TasteSource::Global(path) => (path, " --global"),
        TasteSource::BuiltIn => return,
    };
    context.out.warn(&format!(
        "the taste in {} is out of date; `piton taste{flag} --upgrade` brings it up to date",
        path.display()
    ));
}
