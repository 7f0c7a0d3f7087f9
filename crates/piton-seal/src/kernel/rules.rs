//! A seal as rules of the kernel's.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, PathFdError,
    Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, Scope,
};

use crate::seal::Seal;

/// The version whose rules were tried; newer kernels give no less.
const TRIED: ABI = ABI::V6;

/// Makes the rules of a seal, as far as this kernel knows them.
pub(super) fn rules(seal: &Seal) -> io::Result<OwnedFd> {
    let all = AccessFs::from_all(TRIED);
    let read = AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .and_then(|rules| rules.scope(Scope::from_all(TRIED)))
        .and_then(Ruleset::create)
        .map_err(io::Error::other)?;
    rules = grant(rules, Path::new("/"), AccessFs::ReadDir.into())?;
    for path in &seal.read {
        rules = grant(rules, path, read)?;
    }
    // A device made in a slot would be the superuser's way to the whole disk.
    let write = all & !(AccessFs::MakeBlock | AccessFs::MakeChar);
    for path in &seal.write {
        rules = grant(rules, path, write)?;
    }
    let rules: Option<OwnedFd> = rules.into();
    rules.ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// Grants `access` to a path and all below; of what is no directory, what has a
/// meaning there. What went away since the seal was decided, or may not be opened
/// even so, has nothing to be granted.
fn grant(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> io::Result<RulesetCreated> {
    let fd = match PathFd::new(path) {
        Ok(fd) => fd,
        Err(PathFdError::OpenCall { .. }) => return Ok(rules),
        Err(error) => return Err(io::Error::other(error)),
    };
    // The rule looks itself at what it is for.
    rules
        .add_rule(PathBeneath::new(fd, access))
        .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
}
