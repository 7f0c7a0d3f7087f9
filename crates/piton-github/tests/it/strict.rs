//! The client against a fake by other hands, which holds GitHub's published
//! description itself. Skipped where that or Python is not there.
