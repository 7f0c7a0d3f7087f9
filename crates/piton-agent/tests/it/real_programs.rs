//! The real programs, where they are.
