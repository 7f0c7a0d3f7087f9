//! Who does something, and on which branch.

use piton_backend::folder::Checkout;
use piton_durable::DiskRead;

use crate::config::Environment;
use crate::context::Context;

/// Returns whether this is a run of GitHub Actions.
pub(crate) fn in_actions(environment: &Environment) -> bool {
    environment.get("GITHUB_ACTIONS") == Some("true")
}

/// Returns the name of the one who does it: the actor of a run, else the
/// user's login name.
pub(crate) fn user(context: &Context) -> String {
    let environment = &context.environment;
    if in_actions(environment)
        && let Some(actor) = environment.get("GITHUB_ACTOR")
    {
        return actor.to_owned();
    }
    environment
        .get("USER")
        .map(str::to_owned)
        .or_else(|| login_name(context))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Looks the login name up where the system keeps it.
fn login_name(context: &Context) -> Option<String> {
    let id = rustix::process::getuid().as_raw().to_string();
    let bytes = context
        .disk
        .read_at_most("/etc/passwd".as_ref(), 1 << 20)
        .ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    })
}

/// Returns the branch that is worked on. A run of Actions checks out no branch,
/// but says which one it is for.
pub(crate) fn branch(environment: &Environment, checkout: Option<&Checkout>) -> Option<String> {
    let named = in_actions(environment)
        .then(|| {
            environment
                .get("GITHUB_HEAD_REF")
                .or_else(|| environment.get("GITHUB_REF_NAME"))
        })
        .flatten()
        .map(str::to_owned);
    named.or_else(|| checkout.and_then(|checkout| checkout.branch.clone()))
}
