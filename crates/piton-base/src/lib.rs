//! What all crates say: effort, stop, clock, repository paths, digests, causes.
