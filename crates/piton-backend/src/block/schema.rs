//! What a block of each kind has to hold.
//!
//! Values are typed by their fields, not by how they are written: a time without
//! quotes is a text, as it is everywhere here.

use crate::yaml::Value;

/// What a field may hold.
#[derive(Clone, Copy, Debug)]
enum Holds {
    Text,
    /// A text that may be missing a value.
    TextOrNull,
    /// A whole number above zero.
    Number,
    NumberOrNull,
    OneOf(&'static [&'static str]),
    /// Names and whether they hold.
    Flags,
    List,
    Mappings,
    Anything,
}

#[derive(Clone, Copy, Debug)]
struct Field {
    /// Its name, and names that it had at other times.
    names: &'static [&'static str],
    holds: Holds,
    needed: bool,
}

const fn needed(names: &'static [&'static str], holds: Holds) -> Field {
    Field {
        names,
        holds,
        needed: true,
    }
}

const fn may(names: &'static [&'static str], holds: Holds) -> Field {
    Field {
        names,
        holds,
        needed: false,
    }
}

/// What is done with fields that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Others {
    Refused,
    Kept,
}

#[derive(Clone, Copy, Debug)]
struct Schema {
    keys: &'static [&'static str],
    fields: &'static [Field],
    others: Others,
}

const PLAN: &[&str] = &["issue_number", "plan_number", "pr_number"];

const SCHEMAS: &[Schema] = &[
    Schema {
        keys: &["objective-header"],
        fields: &[
            needed(&["created_at"], Holds::Text),
            needed(&["created_by"], Holds::Text),
            may(&["objective_comment_id"], Holds::NumberOrNull),
            may(&["slug"], Holds::TextOrNull),
        ],
        others: Others::Refused,
    },
    Schema {
        keys: &["objective-roadmap"],
        fields: &[
            needed(&["schema_version"], Holds::OneOf(&["1", "2", "3", "4"])),
            needed(&["nodes", "steps"], Holds::Mappings),
        ],
        others: Others::Kept,
    },
    Schema {
        keys: &["erk-plan", "erk-pr"],
        fields: &[
            needed(PLAN, Holds::Number),
            needed(&["worktree_name"], Holds::Text),
            needed(&["timestamp"], Holds::Text),
            may(&["plan_file"], Holds::TextOrNull),
        ],
        others: Others::Refused,
    },
    Schema {
        keys: &["erk-worktree-creation"],
        fields: &[
            needed(&["worktree_name"], Holds::Text),
            needed(&["branch_name"], Holds::Text),
            needed(&["timestamp"], Holds::Text),
            may(PLAN, Holds::NumberOrNull),
            may(&["plan_file"], Holds::TextOrNull),
        ],
        others: Others::Refused,
    },
    Schema {
        keys: &["submission-queued"],
        fields: &[
            needed(&["status"], Holds::OneOf(&["queued"])),
            needed(&["queued_at"], Holds::Text),
            needed(&["submitted_by"], Holds::Text),
            needed(PLAN, Holds::Number),
            needed(&["validation_results"], Holds::Flags),
            needed(&["expected_workflow"], Holds::Text),
            needed(&["trigger_mechanism"], Holds::Text),
        ],
        others: Others::Kept,
    },
    Schema {
        keys: &["workflow-started"],
        fields: &[
            needed(&["status"], Holds::OneOf(&["started"])),
            needed(&["started_at"], Holds::Text),
            needed(&["workflow_run_id"], Holds::Text),
            needed(&["workflow_run_url"], Holds::Text),
            needed(PLAN, Holds::Number),
            may(&["branch_name"], Holds::TextOrNull),
            may(&["worktree_path"], Holds::TextOrNull),
            // Of the oldest shape only.
            may(&["schema"], Holds::Text),
        ],
        others: Others::Refused,
    },
    Schema {
        keys: &["erk-implementation-status"],
        fields: &[
            needed(
                &["status"],
                Holds::OneOf(&["pending", "in_progress", "complete", "failed"]),
            ),
            needed(&["timestamp"], Holds::Text),
            may(&["status_history"], Holds::Mappings),
        ],
        others: Others::Kept,
    },
    Schema {
        keys: &["plan-retry"],
        fields: &[
            needed(&["retry_timestamp"], Holds::Text),
            needed(&["triggered_by"], Holds::Text),
            needed(&["retry_count"], Holds::Number),
            may(&["previous_retry_timestamp"], Holds::TextOrNull),
        ],
        others: Others::Refused,
    },
    Schema {
        keys: &["impl-started", "impl-ended"],
        fields: &[may(&["session_id"], Holds::TextOrNull)],
        others: Others::Kept,
    },
    Schema {
        keys: &["learn-invoked"],
        fields: &[
            needed(&["timestamp"], Holds::Text),
            needed(&["readable_sessions"], Holds::Anything),
            needed(&["total_sessions"], Holds::Anything),
            may(&["session_id"], Holds::TextOrNull),
        ],
        others: Others::Kept,
    },
    Schema {
        keys: &["tripwire-candidates"],
        fields: &[needed(&["candidates"], Holds::List)],
        others: Others::Kept,
    },
];

/// Returns what is wrong with the fields of a block; none for a kind without a
/// schema, and for the plan's header, which has rules of its own.
pub fn block_problems(key: &str, value: &Value) -> Vec<String> {
    let Some(schema) = SCHEMAS.iter().find(|schema| schema.keys.contains(&key)) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for field in schema.fields {
        let name = field.names[0];
        let found = field
            .names
            .iter()
            .find_map(|name| Some((*name, value.get(name)?)));
        match found {
            None if field.needed => problems.push(format!("{name} is missing")),
            None => {}
            Some((name, value)) => {
                problems.extend(wrong(field.holds, value).map(|why| format!("{name} {why}")));
            }
        }
    }
    if schema.others == Others::Refused
        && let Value::Map(entries) = value
    {
        let known = |name: &str| {
            let fields = schema.fields.iter();
            fields.clone().any(|field| field.names.contains(&name))
        };
        let unknown = entries.iter().map(|(name, _)| name.key_text());
        for name in unknown.filter(|name| !known(name)) {
            problems.push(format!("{name} is not a field of it"));
        }
    }
    problems
}

fn wrong(holds: Holds, value: &Value) -> Option<String> {
    let text = match value {
        Value::Scalar(scalar) if !value.is_null() => Some(scalar.text.as_str()),
        Value::Scalar(_) | Value::List(_) | Value::Map(_) => None,
    };
    let is_number = || {
        text.and_then(|text| text.replace('_', "").parse::<u64>().ok())
            .is_some_and(|number| number > 0)
    };
    let mapping = |value: &Value| matches!(value, Value::Map(_));
    let fits = match holds {
        Holds::Text => text.is_some(),
        Holds::TextOrNull => text.is_some() || value.is_null(),
        Holds::Number => is_number(),
        Holds::NumberOrNull => is_number() || value.is_null(),
        Holds::OneOf(words) => text.is_some_and(|text| words.contains(&text)),
        Holds::Flags => match value.to_json() {
            serde_json::Value::Object(flags) => flags.values().all(serde_json::Value::is_boolean),
            _ => false,
        },
        Holds::List => matches!(value, Value::List(_)),
        Holds::Mappings => match value {
            Value::List(items) => items.iter().all(mapping),
            Value::Scalar(_) | Value::Map(_) => false,
        },
        Holds::Anything => true,
    };
    let what = match holds {
        Holds::Text | Holds::TextOrNull => "is not text".to_owned(),
        Holds::Number | Holds::NumberOrNull => "is not a number above zero".to_owned(),
        Holds::OneOf(words) => format!("is none of {}", words.join(", ")),
        Holds::Flags => "holds more than yes and no".to_owned(),
        Holds::List => "is not a list".to_owned(),
        Holds::Mappings => "is not a list of mappings".to_owned(),
        Holds::Anything => return None,
    };
    (!fits).then_some(what)
}

#[cfg(test)]
mod tests {
    use super::block_problems;
    use crate::block::{find_blocks, read_yaml};

    fn problems(key: &str, yaml: &str) -> Vec<String> {
        let text = format!(
            "<!-- erk:metadata-block:{key} -->\n<details>\n<summary>{key}</summary>\n\n```yaml\n{yaml}\n```\n</details>\n<!-- /erk:metadata-block:{key} -->"
        );
        let block = &find_blocks(&text)[0];
        block_problems(key, &read_yaml(&text, block).unwrap().document.value)
    }

    #[test]
    fn blocks_of_known_kinds_have_their_fields() {
        let none: [String; 0] = [];
        let queued = "status: queued\nqueued_at: 2026-02-15T09:40:58Z\nsubmitted_by: octo\npr_number: 7\nvalidation_results:\n  open: true\nexpected_workflow: x\ntrigger_mechanism: y\nmore: z";
        assert_eq!(problems("submission-queued", queued), none);
        assert_eq!(
            problems(
                "plan-retry",
                "retry_timestamp: 'x'\nretry_count: 0\nother: 1"
            ),
            [
                "triggered_by is missing",
                "retry_count is not a number above zero",
                "other is not a field of it"
            ]
        );
        assert_eq!(
            problems("erk-implementation-status", "status: done\ntimestamp: 'x'"),
            ["status is none of pending, in_progress, complete, failed"]
        );
        assert_eq!(problems("nobody-knows", "a: 1"), none);
    }
}
