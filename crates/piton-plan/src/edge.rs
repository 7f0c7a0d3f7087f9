//! One dependency, by position.

/// The high bit of an edge says that the dependency is one of order only.
const ORDER_ONLY: u32 = 1 << 31;

/// The largest number of actions that positions can name.
pub(crate) const MOST_ACTIONS: usize = (ORDER_ONLY - 1) as usize;

/// A dependency on the action at a list position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge(u32);

impl Edge {
    pub(crate) fn needs(position: u32) -> Self {
        Self(position)
    }

    pub(crate) fn after(position: u32) -> Self {
        Self(position | ORDER_ONLY)
    }

    pub(crate) fn to(self) -> u32 {
        self.0 & !ORDER_ONLY
    }

    pub(crate) fn order_only(self) -> bool {
        self.0 & ORDER_ONLY != 0
    }
}
