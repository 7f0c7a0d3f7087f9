//! Killing piton at each system call that writes.
