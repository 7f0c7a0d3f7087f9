//! The instruments, checked against themselves.

mod sim;
