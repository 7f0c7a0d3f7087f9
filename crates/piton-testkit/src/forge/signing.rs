//! Who is signed in, and what the token may do.

use super::http::Request;
use super::operations::Operation;
use super::reply::Refusal;
use super::shared::{Shared, hold};
use super::world::{Right, Rights};

impl Shared {
    pub(super) fn rights(&self, request: &Request) -> Option<Rights> {
        self.authenticated(request).ok().flatten()
    }

    pub(super) fn authenticated(&self, request: &Request) -> Result<Option<Rights>, Refusal> {
        let Some(header) = request.headers.get("authorization") else {
            return Ok(None);
        };
        let token = header.split_once(' ').map_or("", |(_, token)| token);
        let world = hold(&self.world);
        if let Some(rights) = world.tokens.get(token) {
            return Ok(Some(rights.clone()));
        }
        if token.is_empty() || token.starts_with("bad") {
            return Err(Refusal::new(401, "Bad credentials"));
        }
        Ok(Some(Rights {
            login: world.login.clone(),
            ..Rights::default()
        }))
    }
}

pub(super) fn permitted(operation: &Operation, rights: Option<&Rights>) -> Result<(), Refusal> {
    let Some(rights) = rights else {
        return if operation.private() {
            Err(Refusal::new(401, "Requires authentication"))
        } else {
            Ok(())
        };
    };
    let (Some(have), Some((family, write))) = (&rights.permissions, operation.needs()) else {
        return Ok(());
    };
    let enough = match have.get(family) {
        Some(Right::Write) => true,
        Some(Right::Read) => !write,
        None => false,
    };
    if enough {
        return Ok(());
    }
    let kind = if rights.bot {
        "integration"
    } else {
        "personal access token"
    };
    let needed = format!("{family}={}", if write { "write" } else { "read" });
    Err(
        Refusal::new(403, format!("Resource not accessible by {kind}"))
            .with_header("X-Accepted-GitHub-Permissions", needed),
    )
}
