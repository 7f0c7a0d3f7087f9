//! What this machine's kernel can do.

use crate::kernel;
use crate::wanted::Network;

/// What this machine's kernel can do: a value, so that older kernels can be
/// tested on newer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// The version of Landlock, 0 where there is none.
    pub landlock: u32,
    /// Whether a program can be given a network of its own.
    pub namespaces: bool,
}

impl Support {
    /// The version that can rule moves between directories (Linux 5.19).
    pub const LEAST: u32 = 2;
    /// The one that can rule truncating (6.2).
    pub const TRUNCATE: u32 = 3;
    /// The one that can rule signals and abstract sockets (6.12).
    pub const SIGNALS: u32 = 6;

    /// Asks the kernel. Whether a network can be cut off is tried only where
    /// that is wanted, for it takes a child.
    pub fn observe(network: Network) -> Self {
        Self {
            landlock: kernel::landlock_version(),
            namespaces: network != Network::On && kernel::can_enter_network(),
        }
    }
}
