//! Phase documents: their names, their sections, what a manifest takes from them.

mod discover;
mod document;
mod metadata;
mod name;

pub use discover::{DiscoveryError, FoundPhase, discover, phase_from_document};
pub use document::{Heading, has_heading, section_text};
pub use metadata::{Metadata, MetadataError};
pub use name::{DocName, PhaseNumber};
