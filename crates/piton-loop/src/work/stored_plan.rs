//! Carrying out a stored plan: its text is all that is asked, its branch is
//! where the one commit lands.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_durable::Kind;
use piton_git::slot::{Changes, Slot};

use super::attempts::{self, Finished, Job};
use super::failure::{Halt, WorkFailure};
use super::message::Trailers;
use super::shop::{Shop, Worked};
use super::start::Start;
use super::territory;
use super::workplace;
use crate::effort::EffortResolution;
use crate::prompts::{PromptError, RetryBrief, WorkAbout};
use crate::runs::RunRecord;

/// A stored plan that is to be carried out.
#[derive(Clone, Debug)]
pub struct StoredPlanWork<'a> {
    /// What its commit names it by.
    pub id: &'a str,
    pub title: &'a str,
    pub text: &'a str,
    /// Files that only told what to do, and that go with the work; from the top
    /// of the repository.
    pub leftovers: &'a [&'a str],
    pub start: Start,
}

/// Carries it out.
pub fn carry_out(shop: &Shop<'_>, run: &RunRecord<'_>, work: &StoredPlanWork<'_>) -> Worked {
    begin(shop, run, work).unwrap_or_else(Worked::from)
}

fn begin(shop: &Shop<'_>, run: &RunRecord<'_>, work: &StoredPlanWork<'_>) -> Result<Worked, Halt> {
    let (token, role) = (format!("{}-plan", run.id()), CallRole::Refactor);
    let at = &workplace::laid_out(shop, run, &work.start, &token, role)?;
    let job = CarryOut {
        work,
        effort: shop.budget.for_call(),
    };
    attempts::carry_out(at, &job, None)
}

#[derive(Debug)]
struct CarryOut<'a> {
    work: &'a StoredPlanWork<'a>,
    effort: EffortResolution,
}

impl Job for CarryOut<'_> {
    fn label(&self) -> &str {
        self.work.title
    }

    fn phase_reached(&self) -> &'static str {
        "stored-plan"
    }

    fn effort(&self) -> &EffortResolution {
        &self.effort
    }

    fn prompt(
        &self,
        shop: &Shop<'_>,
        retry: Option<RetryBrief<'_>>,
    ) -> Result<String, PromptError> {
        let about = WorkAbout::StoredPlan {
            title: self.work.title,
            plan: self.work.text,
        };
        shop.prompt(about, retry)
    }

    fn finish(
        &self,
        shop: &Shop<'_>,
        slot: &Slot,
        changes: &Changes,
    ) -> Result<Finished, WorkFailure> {
        let refused = |story| territory::refusal(self.role(), story);
        territory::refuse_strays(shop, slot, changes, None).map_err(refused)?;
        if changes.is_empty() {
            return Ok(Finished::Nothing);
        }
        let unknown = |error: &dyn std::error::Error| refused(piton_base::on_one_line(error));
        let tracked = |path: &Path| {
            let asked = [(slot.base(), path)];
            let found = shop.repository.contents_at(&asked);
            found.map(|found| found.iter().any(Option::is_some))
        };
        let mut taken = Vec::new();
        for leftover in self.work.leftovers {
            let path = slot.dir().join(leftover);
            let there = shop.disk.stat(&path).map_err(|error| unknown(&error))?;
            if there.is_some_and(|stat| stat.kind == Kind::File) {
                shop.disk
                    .remove_file(&path)
                    .map_err(|error| unknown(&error))?;
                if tracked(Path::new(leftover)).map_err(|error| unknown(&error))? {
                    taken.push(PathBuf::from(leftover));
                }
            }
        }
        Ok(Finished::With(taken))
    }

    fn subject(&self, shop: &Shop<'_>) -> String {
        crate::commit::refactor_subject(shop.prefix, self.work.title)
    }

    fn fallback(&self) -> String {
        format!("Carries out the plan {}.", self.work.id)
    }

    fn trailers(&self) -> Trailers {
        Trailers {
            plan: Some(self.work.id.to_owned()),
            ..Trailers::default()
        }
    }

    fn next_step(&self) -> String {
        format!(
            "Run `piton plan implement {}` again: it starts from the branch as it is. What is quoted here is evidence only.",
            self.work.id
        )
    }
}
