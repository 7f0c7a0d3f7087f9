//! Publishing: on the simulated disk, in real repositories, beside the
//! original, killed, and in a crowd.

mod crash;
mod crowd;
mod kill;
mod original;
mod real;
mod refused;
pub(crate) mod world;
