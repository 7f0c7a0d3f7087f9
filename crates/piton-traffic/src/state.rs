//! What the gists hold when they are new.

use crate::ordered::{Json, Object};

/// The state that nothing was collected into yet: the nineteen keys that every
/// reader knows, in their order.
pub fn fresh() -> Object {
    let mut state = Object::new();
    for name in [
        "totalClones",
        "totalUniqueClones",
        "totalDownloads",
        "totalViews",
        "totalUniqueViews",
        "totalCiCheckouts",
        "totalCiUniqueClones",
        "totalOrganicUniqueClones",
        "previousTotalDownloads",
        "_previousCiUniqueToday",
        "stars",
        "forks",
        "openIssues",
    ] {
        state.set(name, 0);
    }
    for name in ["lastSeenDates", "lastSeenViewDates", "dailyHistory"] {
        state.set(name, Vec::new());
    }
    state.set("ciCheckouts", Object::new());
    for name in ["referrers", "popularPaths"] {
        state.set(name, Vec::new());
    }
    state
}

/// The index of an archive that holds no month yet.
pub fn archive_index(repository: &str) -> Object {
    let mut index = Object::new();
    index.set("repo", repository);
    index.set(
        "description",
        format!("Monthly archives of the traffic of {repository}"),
    );
    index.set("archives", Json::List(Vec::new()));
    index
}

/// Returns the rows of a state or of a file of the archive, as objects.
pub(crate) fn rows_of(file: &Object) -> impl DoubleEndedIterator<Item = &Object> {
    file.list("dailyHistory").iter().filter_map(Json::object)
}
