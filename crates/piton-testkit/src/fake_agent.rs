//! A small real program that plays a coding agent, well or badly.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Writes the fake agent into `dir` and returns its path. What it does is said
/// by its arguments, which the head of `fake_agent.sh` lists: `say:TEXT`,
/// `write:PATH=TEXT`, `commit:TEXT`, `session`, `deaf`, `hang` and so on.
///
/// A shell script needs no build step, so that it is there in every test run.
#[expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world, outside the seams they test"
)]
pub fn fake_agent(dir: &Path) -> io::Result<PathBuf> {
    let path = dir.join("fake-agent");
    fs::write(&path, include_str!("fake_agent.sh"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// Writes a fake agent that speaks the Agent Client Protocol into `dir` and
/// returns its path. The head of `fake_acp.sh` says what its arguments do.
#[expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world, outside the seams they test"
)]
pub fn fake_acp_agent(dir: &Path) -> io::Result<PathBuf> {
    let path = dir.join("fake-acp-agent");
    fs::write(&path, include_str!("fake_acp.sh"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}
