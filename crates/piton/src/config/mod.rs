//! Settings and variables: what can be set, where each value came from, changing
//! one.

mod accessors;
mod edit;
pub(crate) mod env;
mod key;
mod known;
mod layer;
mod nearest;
mod resolve;
pub(crate) mod settings;
mod value;
mod vetted;

pub(crate) use edit::set;
pub(crate) use env::Environment;
pub(crate) use key::{Key, UnknownKey, all_names};
pub(crate) use layer::{ConfigError, ENVIRONMENT, Layer};
pub(crate) use nearest::nearest;
pub(crate) use resolve::{Origin, Settings};
pub(crate) use value::{Dollars, Kind, Parsed};
