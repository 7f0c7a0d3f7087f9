//! Stored plans: metadata blocks, lifecycle, and the backends that keep them.
