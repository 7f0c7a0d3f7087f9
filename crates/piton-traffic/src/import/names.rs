//! What other tools call their columns.

/// What a column with days is called.
pub(super) const DAYS: [&str; 8] = [
    "date",
    "day",
    "_date",
    "timestamp",
    "time",
    "time_iso8601",
    "snapshot_date",
    "collected_at",
];
/// What a column with the name of a repository is called.
pub(super) const REPOSITORIES: [&str; 7] = [
    "repository",
    "repo",
    "repo_name",
    "full_name",
    "name_with_owner",
    "repo_full_name",
    "repository_name",
];
/// What a column with the number of a repository is called.
pub(super) const NUMBERS: [&str; 2] = ["repo_id", "repository_id"];

/// Which names of columns mean which field.
pub(super) const COLUMNS: [(&str, &[&str]); 5] = [
    (
        "clones",
        &[
            "clones",
            "clones_total",
            "total_clones",
            "clones_count",
            "clone_count",
            "totalclones",
        ],
    ),
    (
        "uniqueClones",
        &[
            "uniqueclones",
            "clones_unique",
            "unique_clones",
            "clones_uniques",
            "unique_cloners",
        ],
    ),
    (
        "views",
        &[
            "views",
            "views_total",
            "total_views",
            "views_count",
            "view_count",
            "totalviews",
        ],
    ),
    (
        "uniqueViews",
        &[
            "uniqueviews",
            "views_unique",
            "unique_views",
            "views_uniques",
            "unique_visitors",
        ],
    ),
    ("downloads", &["downloads"]),
];
