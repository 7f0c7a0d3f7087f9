//! Documents that are made from the program, or run by it.

mod arrows;
pub(crate) mod events;
mod kept;
mod links;
mod lists;
pub(crate) mod masks;
mod mentions;
mod named;
mod reference;
pub(crate) mod schemas;
mod sessions;
mod shapes;
mod stage;
