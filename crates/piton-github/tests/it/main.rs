//! The forge against a fake GitHub, over real sockets.

mod client;
mod desk;
mod endpoints;
mod faults;
mod operations;
mod strict;
