//! The client: one thin layer over `ureq`.

mod access;
mod asking;
mod base;
mod cache;
mod gh;
mod judge;
mod links;
mod message;
mod names;
mod patience;
mod together;
mod token;
mod wire;

pub use access::{Access, AccessError, Sources};
pub use asking::{Client, ClientOptions, Sent, Telling};
pub use base::{Base, InvalidBase};
pub use gh::token_of_gh;
pub use patience::{Patience, Waiting};
pub use token::{InvalidToken, Token};
