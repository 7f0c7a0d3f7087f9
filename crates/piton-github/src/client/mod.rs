//! The client: one thin layer over `ureq`.

mod access;
mod base;
mod cache;
mod gh;
mod github;
mod graph;
mod judge;
mod links;
mod message;
mod names;
mod patience;
mod sender;
mod together;
mod token;
mod wire;

pub use access::{Access, AccessError, Sources};
pub use base::{Base, InvalidBase};
pub use gh::token_of_gh;
pub use github::{Client, ClientOptions};
pub use patience::{Patience, Waiting};
pub use sender::Sent;
pub use token::{InvalidToken, Token};
