//! Finding the operation that a request means, and comparing it with the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::http::unescape;
use super::table::{FAMILIES, TABLE};

#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) template: &'static str,
    query: Vec<&'static str>,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: &'static str,
    kind: &'static str,
    required: bool,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split(' ');
            let (method, template) = (words.next().unwrap(), words.next().unwrap());
            let (mut query, mut fields) = (Vec::new(), Vec::new());
            for word in words {
                if let Some(name) = word.strip_prefix('?') {
                    query.push(name);
                } else {
                    let (name, kind) = word.split_once(':').unwrap();
                    fields.push(Field {
                        name: name.trim_end_matches('!'),
                        kind,
                        required: name.ends_with('!'),
                    });
                }
            }
            Operation {
                method,
                template,
                query,
                fields,
            }
        })
        .collect()
});

/// Finds the operation of a path, with what stands in its places.
pub(super) fn find(
    method: &str,
    path: &str,
) -> Option<(&'static Operation, BTreeMap<&'static str, String>)> {
    OPERATIONS
        .iter()
        .filter(|operation| operation.method == method)
        .find_map(|operation| Some((operation, fits(operation.template, path)?)))
}

fn fits(template: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut places = BTreeMap::new();
    let mut pieces = path.split('/');
    for piece in template.split('/') {
        let place = piece
            .strip_prefix('{')
            .and_then(|piece| piece.strip_suffix('}'));
        match place {
            None => (pieces.next()? == piece).then_some(())?,
            Some(name) => match name.strip_suffix('*') {
                None => {
                    let given = pieces.next().filter(|given| !given.is_empty())?;
                    // Fixed words win over places: `issues/comments` is no issue.
                    let word = matches!(
                        (name, given),
                        ("issue_number", "comments") | ("secret_name", "public-key")
                    );
                    (!word).then_some(())?;
                    places.insert(name, unescape(given));
                }
                Some(name) => {
                    let rest: Vec<String> = pieces.by_ref().map(unescape).collect();
                    (!rest.is_empty()).then_some(())?;
                    places.insert(name, rest.join("/"));
                }
            },
        }
    }
    pieces.next().is_none().then_some(places)
}

impl Operation {
    /// Tells what of a request is not in GitHub's description.
    pub(super) fn faults(
        &self,
        query: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Vec<String> {
        let mut faults: Vec<String> = query
            .keys()
            .filter(|name| !self.query.contains(&name.as_str()))
            .map(|name| format!("the query has no `{name}`"))
            .collect();
        let Some(body) = body else {
            if self.fields.iter().any(|field| field.required) {
                faults.push("the body is missing".to_owned());
            }
            return faults;
        };
        let Some(object) = body.as_object() else {
            faults.push("the body is not an object".to_owned());
            return faults;
        };
        for field in &self.fields {
            match object.get(field.name) {
                None if field.required => faults.push(format!("`{}` is missing", field.name)),
                None | Some(Value::Null) => {}
                Some(value) if kind(value) == field.kind => {}
                Some(_) => faults.push(format!("`{}` is no {}", field.name, field.kind)),
            }
        }
        for name in object.keys() {
            if !self.fields.iter().any(|field| field.name == name) {
                faults.push(format!("the body has no `{name}`"));
            }
        }
        faults
    }

    /// Returns the permission that it needs: a family, and whether to write.
    pub(super) fn needs(&self) -> Option<(&'static str, bool)> {
        let family = FAMILIES
            .iter()
            .find(|(part, _)| self.template.contains(part));
        family.map(|(_, family)| (*family, self.method != "GET"))
    }

    /// Whether nobody may ask it without a token.
    pub(super) fn private(&self) -> bool {
        self.method != "GET"
            || self.template == "/user"
            || self.template == "/gists"
            || ["/traffic/", "/actions/variables", "/actions/secrets"]
                .iter()
                .any(|part| self.template.contains(part))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::Null => "null",
    }
}
