//! Real data beside the workspace, where there is any.

use std::path::{Path, PathBuf};

/// Returns the directory with shared test data: the variable `PITON_SHARED`,
/// else `shared` beside the workspace. `None` where neither exists; a test then
/// says that it skips, and passes.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by a variable where the data lies"
)]
pub fn shared_dir() -> Option<PathBuf> {
    std::env::var_os("PITON_SHARED")
        .map(PathBuf::from)
        .or_else(|| {
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .ancestors()
                .nth(3)
                .map(|above| above.join("shared"))
        })
        .filter(|dir| dir.is_dir())
}
