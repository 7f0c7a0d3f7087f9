//! Repositories of other forms than the usual one.

use super::{ADD, APPROACHES, APPROVED, CODE, Check, Ground, OTHER, PLANNED, READIED, RUN};
use super::{SET_UP, SETTLE, STEP, Scenario, Step, of_demo, set_up, without_demo};

const SHA_256: &[Step] = &[Step::Anew("init.defaultObjectFormat=sha256"), SET_UP];
/// References in tables, which have other locks than files have.
const REFTABLE: &[Step] = &[Step::Anew("init.defaultRefFormat=reftable"), SET_UP];
/// Migrations are outside of what is checked out.
const SPARSE: Step = Step::Git("sparse-checkout set --cone src");

const CARRIED_OUT: &[Check] = &[
    Check::CommittedOnce("migration/demo/phase-1-first.md"),
    Check::CommittedOnce("migration/demo/phase-2-second.md"),
    Check::Is("code.py", "x=1\nx+=1\nx+=1\n"),
];

/// A migration that is begun in a repository of this form,
const fn begun(form: &'static [Step]) -> Ground {
    [form, &[], &[ADD, SETTLE], &[PLANNED], &[Step::Edits]]
}

/// or that is to be carried out.
const fn approved(form: &'static [Step]) -> Ground {
    let then = &[PLANNED, READIED, APPROVED];
    [form, &[CODE], &[ADD, SETTLE], then, &[Step::Edits]]
}

pub(super) const SCENARIOS: &[Scenario] = &[
    of_demo("sha-256", begun(SHA_256), STEP, STEP, &[APPROACHES]),
    of_demo("sha-256-run", approved(SHA_256), RUN, RUN, CARRIED_OUT),
    of_demo("reftable", begun(REFTABLE), STEP, STEP, &[APPROACHES]),
    of_demo("reftable-run", approved(REFTABLE), RUN, RUN, CARRIED_OUT),
    without_demo(
        "sparse",
        set_up(&[], &[SPARSE, PLANNED]),
        "migration rename demo fresh",
        OTHER,
        &[
            Check::There("migrations/fresh/manifest.json"),
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("rename demo"),
        ],
    ),
];
