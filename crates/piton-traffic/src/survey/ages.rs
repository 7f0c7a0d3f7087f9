//! How old numbers may be.

/// The limits, in hours.
#[derive(Clone, Copy, Debug)]
pub struct Ages {
    pub fresh: i64,
    pub stale: i64,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            fresh: 30,
            stale: 48,
        }
    }
}
