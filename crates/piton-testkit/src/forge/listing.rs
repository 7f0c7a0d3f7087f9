//! Where repositories are found, and listings cut into pages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reply::{Body, Refusal, Reply, found};
use super::shared::Shared;
use super::world::World;

impl Shared {
    /// GitHub's own links name repositories by number.
    pub(super) fn by_name(&self, world: &World, path: &str) -> Result<String, Refusal> {
        if let Some(rest) = path.strip_prefix("/repositories/") {
            let (id, rest) = rest
                .split_once('/')
                .map_or((rest, String::new()), |(id, rest)| (id, format!("/{rest}")));
            let repo = world.repos.values().find(|repo| repo.id.to_string() == id);
            let repo = found(repo)?;
            return Ok(format!("/repos/{}{rest}", repo.full_name));
        }
        if let Some(rest) = path.strip_prefix("/repos/") {
            let mut pieces = rest.splitn(3, '/');
            let (owner, name) = (pieces.next().unwrap_or(""), pieces.next().unwrap_or(""));
            let former = format!("{owner}/{name}").to_lowercase();
            if let Some(now) = world.renamed.get(&former) {
                let repo = found(world.repos.get(&now.to_lowercase()))?;
                let rest = pieces
                    .next()
                    .map_or_else(String::new, |rest| format!("/{rest}"));
                let to = format!("{}/repositories/{}{rest}", self.base, repo.id);
                return Err(Refusal::new(301, "Moved Permanently").with_header("Location", to));
            }
        }
        Ok(path.to_owned())
    }

    /// Cuts the page out of a listing, and says where the others are.
    pub(super) fn page(
        &self,
        world: &World,
        path: &str,
        query: &BTreeMap<String, String>,
        reply: &mut Reply,
    ) -> Option<String> {
        let Body::List(name, elements) = &mut reply.body else {
            return None;
        };
        let most = 100;
        let number = |name: &str, default: usize| {
            query
                .get(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(default)
        };
        let per = number("per_page", 30).clamp(1, most);
        let page = number("page", 1).max(1);
        let total = elements.len();
        let last = total.div_ceil(per).max(1);
        let cut: Vec<Value> = elements
            .drain(..)
            .skip((page - 1) * per)
            .take(per)
            .collect();
        let mut pieces = path.splitn(5, '/');
        let address = match (pieces.nth(1), pieces.next(), pieces.next(), pieces.next()) {
            (Some("repos"), Some(owner), Some(name), Some(rest)) => {
                let repo = world.repos.get(&format!("{owner}/{name}").to_lowercase());
                repo.map_or_else(
                    || path.to_owned(),
                    |repo| format!("/repositories/{}/{rest}", repo.id),
                )
            }
            _ => path.to_owned(),
        };
        reply.body = Body::Json(match name {
            None => Value::from(cut),
            Some(name) => json!({"total_count": total, (*name): cut}),
        });
        let link = |page: usize, relation: &str| {
            let mut query = query.clone();
            query.insert("page".to_owned(), page.to_string());
            let query: Vec<String> = query
                .iter()
                .map(|(name, value)| format!("{name}={}", escape(value)))
                .collect();
            format!(
                "<{}{address}?{}>; rel=\"{relation}\"",
                self.base,
                query.join("&")
            )
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(link(page - 1, "prev"));
        }
        if page < last {
            links.push(link(page + 1, "next"));
            links.push(link(last, "last"));
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
