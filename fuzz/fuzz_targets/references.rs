//! See `crates/piton-backend/tests/it/bodies.rs`.
#![no_main]

#[path = "../../crates/piton-backend/tests/it/bodies.rs"]
#[expect(dead_code, reason = "each target runs one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::references(bytes));
