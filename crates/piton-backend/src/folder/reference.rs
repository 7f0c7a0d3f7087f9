//! The file that says which plan a folder belongs to.

use serde_json::{Map, Value as Json, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRef {
    pub provider: String,
    pub id: String,
    pub url: String,
    pub created_at: String,
    pub synced_at: String,
    pub labels: Vec<String>,
    pub objective: Option<u64>,
    pub nodes: Option<Vec<String>>,
}

/// What a file that should be a reference turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefFile {
    Plan(PlanRef),
    /// Committed when the plan was made, before it had an id: the pull request
    /// of the branch is the plan.
    WithoutId {
        provider: String,
        title: String,
        objective: Option<u64>,
    },
    /// Something stands there and is no reference.
    Unreadable(String),
}

/// Reads a reference in any of its shapes.
pub fn read_reference(bytes: &[u8]) -> RefFile {
    let unreadable = |why: &str| RefFile::Unreadable(why.to_owned());
    let Ok(text) = std::str::from_utf8(bytes) else {
        return unreadable("it is not UTF-8");
    };
    let value: Json = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return RefFile::Unreadable(format!("it is not JSON: {error}")),
    };
    let Json::Object(map) = value else {
        return unreadable("it is JSON, but not an object");
    };
    if map.contains_key("issue_number") {
        return issue(&map).unwrap_or_else(RefFile::Unreadable);
    }
    let has_id = ["pr_id", "plan_id"]
        .iter()
        .any(|key| map.get(*key).is_some_and(|id| !id.is_null()));
    if !has_id
        && let (Some(provider), Some(title)) = (text_of(&map, "provider"), text_of(&map, "title"))
    {
        return RefFile::WithoutId {
            provider,
            title,
            objective: number_of(&map, "objective_id"),
        };
    }
    plan(&map).unwrap_or_else(RefFile::Unreadable)
}

fn plan(map: &Map<String, Json>) -> Result<RefFile, String> {
    let id = id_of(map, "pr_id")
        .or_else(|| id_of(map, "plan_id"))
        .ok_or("it has no `plan_id`")?;
    Ok(RefFile::Plan(PlanRef {
        provider: needed(map, "provider")?,
        id,
        url: needed(map, "url")?,
        created_at: needed(map, "created_at")?,
        synced_at: needed(map, "synced_at")?,
        labels: texts_of(map, "labels").unwrap_or_default(),
        objective: number_of(map, "objective_id"),
        nodes: texts_of(map, "node_ids"),
    }))
}

/// Reads the oldest shape.
fn issue(map: &Map<String, Json>) -> Result<RefFile, String> {
    Ok(RefFile::Plan(PlanRef {
        provider: "github".to_owned(),
        id: number_of(map, "issue_number")
            .ok_or("`issue_number` is not a number")?
            .to_string(),
        url: needed(map, "issue_url")?,
        created_at: needed(map, "created_at")?,
        synced_at: needed(map, "synced_at")?,
        labels: texts_of(map, "labels").unwrap_or_default(),
        objective: number_of(map, "objective_issue"),
        nodes: None,
    }))
}

fn text_of(map: &Map<String, Json>, key: &str) -> Option<String> {
    map.get(key)?.as_str().map(str::to_owned)
}

fn needed(map: &Map<String, Json>, key: &str) -> Result<String, String> {
    text_of(map, key).ok_or_else(|| format!("it has no `{key}`"))
}

/// Returns an id, which a careless writer made a number of.
fn id_of(map: &Map<String, Json>, key: &str) -> Option<String> {
    match map.get(key)? {
        Json::String(id) => Some(id.clone()),
        Json::Number(id) => Some(id.to_string()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
    .filter(|id| !id.is_empty())
}

fn number_of(map: &Map<String, Json>, key: &str) -> Option<u64> {
    map.get(key)?.as_u64().filter(|number| *number > 0)
}

fn texts_of(map: &Map<String, Json>, key: &str) -> Option<Vec<String>> {
    let items = map.get(key)?.as_array()?;
    Some(
        items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
    )
}

impl PlanRef {
    /// Writes a reference in the shape that erk reads.
    pub fn render(&self) -> String {
        let quoted = |text: &str| Json::from(text).to_string();
        let objective = self
            .objective
            .map_or_else(|| "null".to_owned(), |number| number.to_string());
        let labels = match self.labels.as_slice() {
            [] => "[]".to_owned(),
            labels => {
                let lines: Vec<String> = labels
                    .iter()
                    .map(|label| format!("    {}", json!(label)))
                    .collect();
                format!("[\n{}\n  ]", lines.join(",\n"))
            }
        };
        piton_base::ascii_json(&format!(
            "{{\n  \"provider\": {},\n  \"plan_id\": {},\n  \"url\": {},\n  \"created_at\": {},\n  \
             \"synced_at\": {},\n  \"labels\": {labels},\n  \"objective_id\": {objective}\n}}",
            quoted(&self.provider),
            quoted(&self.id),
            quoted(&self.url),
            quoted(&self.created_at),
            quoted(&self.synced_at),
        ))
    }
}
