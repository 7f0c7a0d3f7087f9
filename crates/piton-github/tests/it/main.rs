//! The forge against a fake GitHub, over real sockets.

mod client;
mod endpoints;
mod faults;
mod fixture;
mod operations;
mod strict;
