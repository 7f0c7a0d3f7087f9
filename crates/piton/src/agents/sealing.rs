//! On what terms programs of others run here, from the settings.

use std::path::{Path, PathBuf};

use piton_agent::sealing::SealTerms;
use piton_seal::{CacheChoice, Network, OwnCaches, Standing, Support, Wanted, users_caches};

use crate::config::Settings;
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{Channel, Level};

/// Decides the terms. `caches` is the folder of the clone's own tool caches.
/// Refused where a seal is required that this machine has not got.
pub(crate) fn terms(
    context: &Context,
    settings: &Settings,
    caches: &Path,
) -> Result<SealTerms, CommandError> {
    let wanted: Wanted = settings.seal();
    if wanted == Wanted::Off {
        return Ok(SealTerms::off());
    }
    let network: Network = settings.seal_network();
    // Without a word of its own a validation reaches what everything else does.
    let validation = settings.validation_network().unwrap_or(network);
    let support = Support::observe(network.min(validation));
    let standing = |network| {
        Standing::decide(wanted, network, support).map_err(|refused| {
            CommandError::failed("could not seal what agents do; nothing was changed")
                .with_source(refused)
                .hint(
                    "`seal = \"auto\"` goes as far as this machine can; `piton doctor` shows \
                     how far",
                )
        })
    };
    let home = context.environment.home();
    let variable = |name: &str| {
        let found = context.environment.raw().find(|(found, _)| found == name);
        found.map(|(_, value)| value)
    };
    let (caches, write) = match settings.seal_caches() {
        CacheChoice::Own => {
            let own = OwnCaches::below(caches, home.as_deref(), &variable);
            (Some(own), Vec::new())
        }
        CacheChoice::Shared => (None, users_caches(home.as_deref(), &variable)),
    };
    let read = settings.seal_read().unwrap_or_default().iter();
    Ok(SealTerms {
        standing: standing(Network::On)?,
        validation: standing(validation)?,
        others: standing(network)?,
        read: read
            .filter_map(|path| named(home.as_deref(), path))
            .collect(),
        hide: Vec::new(),
        caches,
        write,
        temporary: context.environment.temporary(),
        home,
    })
}

/// Says once, at the start, how agents are sealed, and what cannot be.
pub(crate) fn tell(context: &Context, terms: &SealTerms) {
    context.seal_told.call_once(|| {
        let level = match terms.standing {
            Standing::Sealed { .. } => Level::NORMAL,
            Standing::Unavailable { .. } | Standing::Off => Level::WARNING,
        };
        let level = if terms.gaps().is_empty() {
            level
        } else {
            Level::WARNING
        };
        context.out.note(Channel::Agent, level, &terms.line());
    });
}

/// A path from the user's home directory.
fn named(home: Option<&Path>, written: &str) -> Option<PathBuf> {
    let below = written.strip_prefix("~/").unwrap_or(written);
    Some(home?.join(below))
}
