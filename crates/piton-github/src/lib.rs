//! The HTTP interface of GitHub: authentication, pages, retries, limits.
//!
//! [`ForgeRead`] and [`Forge`] are the two halves of a forge as the rest of the
//! house sees it: deciding code is handed the first, performing code the
//! second. Each asks for one request at a time; the rooms under [`endpoints`]
//! say which requests there are and what their answers hold. Nothing here reads
//! the environment or prints, and no token is ever shown.

mod client;
pub mod endpoints;
mod error;
mod forge;
mod graphql;
pub mod operation;
mod pages;
mod repo;
mod request;

pub use client::{
    Access, AccessError, Base, Client, ClientOptions, InvalidBase, InvalidToken, Patience, Sent,
    Sources, Token, Waiting, token_of_gh,
};
pub use error::{ForgeError, LimitKind, Trouble, found};
pub use forge::{Answer, Forge, ForgeRead};
pub use graphql::GraphQuery;
pub use pages::{Listing, first};
pub use repo::{InvalidRepoName, RepoName};
pub use request::{Accept, Change, Get, Path};
