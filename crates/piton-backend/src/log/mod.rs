//! What writers did to a header: each keeps a log of its own, and the header is
//! what the logs come to.

mod entry;
mod fold;
mod group;
mod page;

pub use entry::{Entry, Set, recorded};
pub use fold::fold;
pub use page::{LogPage, Writer, trusts};
