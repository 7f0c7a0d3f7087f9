//! How agents are called, seen from outside.
