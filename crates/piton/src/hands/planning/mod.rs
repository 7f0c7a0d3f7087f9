//! Planning steps, looked at and made.

mod call;
mod failure;
mod observe;
mod publish;
mod secrets;
mod shown;

pub(super) use call::Recording;
pub(super) use observe::{Settled, observe_call, observe_publish};
pub(crate) use shown::Shown;
