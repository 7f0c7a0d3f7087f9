//! Answering one request: who asks, whether the table has it, what the area says.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use serde_json::Value;

use super::http::{Request, Response, unescape};
use super::reply::{Body, Call, Refusal, Reply};
use super::shared::{Shared, hold};
use super::signing::permitted;
use super::{areas, operations};

impl Shared {
    pub(super) fn answer(
        &self,
        request: &Request,
        path: &str,
        query: &BTreeMap<String, String>,
        back: usize,
    ) -> Response {
        if let Some(rest) = path.strip_prefix("/raw/") {
            return self.raw(request, rest);
        }
        if let Some(rest) = path.strip_prefix("/site/") {
            return self.published(request, rest);
        }
        let replied = self.done(request, path, query, back);
        let (status, mut headers, body) = match replied {
            Err(refusal) => {
                let body = refusal.body().to_string().into_bytes();
                (refusal.status, refusal.headers, body)
            }
            Ok((reply, links)) => {
                let headers = links
                    .into_iter()
                    .map(|links| ("Link".to_owned(), links))
                    .collect();
                let body = match reply.body {
                    Body::None => Vec::new(),
                    Body::Json(value) => value.to_string().into_bytes(),
                    Body::Raw(bytes) => bytes,
                    Body::List(_, elements) => Value::from(elements).to_string().into_bytes(),
                };
                (reply.status, headers, body)
            }
        };
        let mut response = self.plain(status, "", Vec::new());
        response.headers.append(&mut headers);
        if let Some(expires) = self.rights(request).and_then(|rights| rights.expires) {
            let name = "github-authentication-token-expiration".to_owned();
            response.headers.push((name, expires));
        }
        if request.method == "GET" && status == 200 {
            let mut hasher = DefaultHasher::new();
            (&body, request.headers.get("authorization")).hash(&mut hasher);
            let tag = format!("W/\"{:016x}\"", hasher.finish());
            if request.headers.get("if-none-match") == Some(&tag) {
                response.status = 304;
            }
            response.headers.push(("ETag".to_owned(), tag));
        }
        if response.status != 304 {
            *hold(&self.remaining) -= 1;
        }
        response.body = body;
        response
    }

    fn done(
        &self,
        request: &Request,
        path: &str,
        query: &BTreeMap<String, String>,
        back: usize,
    ) -> Result<(Reply, Option<String>), Refusal> {
        let what = format!("{} {path}", request.method);
        if !request.headers.contains_key("user-agent") {
            return Err(Refusal::new(
                403,
                "Request forbidden by administrative rules.",
            ));
        }
        if request
            .headers
            .get("x-github-api-version")
            .is_some_and(|v| v != "2022-11-28")
        {
            return Err(Refusal::new(400, "The version is not valid."));
        }
        let rights = self.authenticated(request)?;
        let body = if request.body.is_empty() {
            None
        } else {
            let parsed = serde_json::from_slice::<Value>(&request.body);
            Some(parsed.map_err(|_| Refusal::new(400, "Problems parsing JSON"))?)
        };
        let now = self.now();
        let mut world = hold(&self.world);
        if path == "/graphql" || path == "/api/graphql" {
            rights.ok_or_else(|| Refusal::new(401, "Requires authentication"))?;
            let body = body.unwrap_or(Value::Null);
            let answered = areas::graphql(&mut world, &body);
            let reply = answered.inspect_err(|refusal| {
                self.violate(format!("{what}: {}", refusal.message));
            })?;
            return Ok((reply, None));
        }
        let path = self.by_name(&world, path)?;
        let Some((operation, places)) = operations::find(&request.method, &path) else {
            self.violate(format!("{what} is not in GitHub's description"));
            return Err(Refusal::not_found());
        };
        let faults = operation.faults(query, body.as_ref());
        for fault in &faults {
            self.violate(format!("{what}: {fault}"));
        }
        if let Some(fault) = faults
            .iter()
            .find(|fault| fault.starts_with('`') || fault.starts_with("the body is"))
        {
            return Err(Refusal::new(422, format!("Invalid request.\n\n{fault}")));
        }
        permitted(operation, rights.as_ref())?;
        let none = Value::Null;
        let call = Call {
            method: operation.method,
            template: operation.template,
            places,
            query: query.clone(),
            body: body.as_ref().unwrap_or(&none),
            who: rights.map_or_else(String::new, |rights| rights.login),
            accept: request.headers.get("accept").cloned().unwrap_or_default(),
            now,
            base: &self.base,
        };
        let mut reply = if back > 0 && operation.method == "GET" {
            let history = hold(&self.history);
            let at = history.len().saturating_sub(back);
            let mut then = history.get(at).unwrap_or(&world).clone();
            areas::answer(&mut then, &call)?
        } else {
            if operation.method != "GET" {
                self.remember(&world);
            }
            areas::answer(&mut world, &call)?
        };
        let links = self.page(&world, &path, query, &mut reply);
        Ok((reply, links))
    }

    /// A whole file of a gist, which needs no token, and must get none.
    fn raw(&self, request: &Request, path: &str) -> Response {
        if request.headers.contains_key("authorization") {
            self.violate(format!(
                "GET /raw/{path}: a token was sent to another place"
            ));
        }
        let world = hold(&self.world);
        let file = path
            .split_once('/')
            .and_then(|(id, name)| world.gists.get(id)?.files.get(&unescape(name)).cloned());
        match file {
            Some(text) => Response {
                status: 200,
                headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
                body: text.into_bytes(),
            },
            None => self.plain(404, "Not Found", Vec::new()),
        }
    }

    /// A page of a site, as the published branch has it.
    fn published(&self, request: &Request, path: &str) -> Response {
        if request.headers.contains_key("authorization") {
            self.violate(format!("GET /site/{path}: a token was sent to a site"));
        }
        let world = hold(&self.world);
        let mut pieces = path.splitn(3, '/');
        let mut piece = || pieces.next().unwrap_or("");
        let name = format!("{}/{}", piece(), piece()).to_lowercase();
        let mut page = piece().to_owned();
        if page.is_empty() || page.ends_with('/') {
            page.push_str("index.html");
        }
        let file = world.repos.get(&name).and_then(|repo| {
            let (branch, folder) = repo.pages.as_ref()?;
            let path = format!("{}/{page}", folder.trim_matches('/'));
            repo.branch_files(branch)
                .remove(path.trim_start_matches('/'))
        });
        match file {
            Some(text) => Response {
                status: 200,
                headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
                body: text.into_bytes(),
            },
            None => self.plain(404, "Not Found", Vec::new()),
        }
    }
}
