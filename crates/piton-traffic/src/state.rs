//! What the gists hold when they are new.

use crate::collect::Day;
use crate::ordered::{Json, Object};

/// The totals of what GitHub measures, each with the field of a row that it is
/// the sum of.
pub(crate) const TOTALS: [(&str, &str); 4] = [
    ("totalClones", "clones"),
    ("totalViews", "views"),
    ("totalUniqueClones", "uniqueClones"),
    ("totalUniqueViews", "uniqueViews"),
];

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
pub(crate) fn archive_index(repository: &str) -> Object {
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

/// Returns the same rows, to be changed in place.
pub(crate) fn rows_mut(file: &mut Object) -> impl DoubleEndedIterator<Item = &mut Object> {
    file.objects_mut("dailyHistory")
}

/// Returns the day that a row is of.
pub(crate) fn day_of(row: &Object) -> Option<Day> {
    row.text("date").and_then(Day::of)
}
