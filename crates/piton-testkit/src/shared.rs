//! Where the reference data is that some tests compare with.

use std::path::{Path, PathBuf};

/// Returns the folder of reference data beside the project (or the one that
/// `PITON_SHARED` names), if this machine has it. A test that needs it prints
/// `skipped: …` and passes where it is missing.
pub fn shared_dir() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let dir = std::env::var_os("PITON_SHARED").map_or(beside, PathBuf::from);
    dir.join("design.md")
        .is_file()
        .then(|| dir.canonicalize().unwrap_or(dir))
}
