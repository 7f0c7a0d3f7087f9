//! Fields that only mean something together.

use crate::header::Field;

/// Several fields that one event sets, and the one that says when.
pub(super) struct Group {
    pub(super) fields: &'static [&'static str],
    pub(super) stamp: Option<&'static str>,
}

const GROUPS: &[Group] = &[
    Group {
        fields: &[
            "last_dispatched_run_id",
            "last_dispatched_node_id",
            "last_dispatched_at",
        ],
        stamp: None,
    },
    Group {
        fields: &[
            "last_local_impl_at",
            "last_local_impl_event",
            "last_local_impl_session",
            "last_local_impl_user",
        ],
        stamp: Some("last_local_impl_at"),
    },
    Group {
        fields: &[
            "last_remote_impl_at",
            "last_remote_impl_run_id",
            "last_remote_impl_session_id",
        ],
        stamp: Some("last_remote_impl_at"),
    },
    Group {
        fields: &[
            "last_session_branch",
            "last_session_id",
            "last_session_at",
            "last_session_source",
            "last_session_gist_url",
            "last_session_gist_id",
        ],
        stamp: Some("last_session_at"),
    },
    Group {
        fields: &["last_learn_session", "last_learn_at"],
        stamp: Some("last_learn_at"),
    },
];

/// The fields that belong together with a field, itself included.
pub(super) fn together(field: Field) -> (Vec<Field>, Option<Field>) {
    match GROUPS
        .iter()
        .find(|group| group.fields.contains(&field.name()))
    {
        Some(group) => (
            group
                .fields
                .iter()
                .filter_map(|name| Field::named(name))
                .collect(),
            group.stamp.and_then(Field::named),
        ),
        None => (vec![field], None),
    }
}
