//! What reading a language comes to, whichever it is.

use std::fmt::Debug;
use std::path::PathBuf;

use super::transcript::Transcript;
use crate::watchdog::Standing;

/// Reads a stream as it comes, in chunks that may end anywhere.
pub trait Dialect: Debug + Send {
    fn feed(&mut self, chunk: &[u8]);

    /// Returns what the agent is doing, as far as the output tells.
    fn standing(&self) -> Standing;

    /// Returns what came of the stream so far.
    fn so_far(&self) -> &Transcript;

    /// Returns what is to be told to the agent now, in a language that is a
    /// conversation.
    fn answers(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes the end of the stream, torn or not, and returns what it came to.
    fn finish(self: Box<Self>) -> Transcript;
}

/// What a conversation needs to know of its call.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    pub(crate) prompt: String,
    pub(crate) directory: PathBuf,
    /// Where the agent may write.
    pub(crate) writable: Vec<PathBuf>,
    /// Whether a seal holds it to that.
    pub(crate) sealed: bool,
}
