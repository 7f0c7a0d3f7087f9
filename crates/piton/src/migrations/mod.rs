//! What is done about a migration, whoever asks for it: a person's decision, a
//! planning step, a proposal.

mod decision;
pub(crate) mod planned_step;
pub(crate) mod proposed;
pub(crate) mod standing;

pub(crate) use decision::{CARRY_OUT, Decision, case, person_refusal};
pub(crate) use planned_step::PlannedStep;
