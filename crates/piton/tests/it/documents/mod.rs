//! Documents that are made from the program, or run by it.

mod kept;
mod reference;
