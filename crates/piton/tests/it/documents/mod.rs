//! Documents that are made from the program, or run by it.

mod kept;
mod links;
pub(crate) mod masks;
mod mentions;
mod reference;
mod sessions;
