//! Documents that are made from the program, or run by it.

mod kept;
mod links;
pub(crate) mod masks;
mod mentions;
mod reference;
pub(crate) mod schemas;
mod sessions;
mod shapes;
mod stage;
