//! The client: one thin layer over `ureq`.

mod asking;
mod base;
mod cache;
mod judge;
mod links;
mod message;
mod patience;
mod token;
mod wire;

pub use asking::{Client, ClientOptions};
pub use base::{Base, InvalidBase};
pub use patience::{Patience, Waiting};
pub use token::{InvalidToken, Token};
