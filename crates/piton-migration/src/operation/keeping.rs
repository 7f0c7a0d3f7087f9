//! Recovery, setting aside and committing, looked at and done.

use std::path::Path;

use piton_durable::transaction::keep;
use piton_git::GitError;
use piton_plan::{Done, Failure, Given, Moment, Observation, Observe, Perform};

use super::{CommitPath, MigrationEvent, MigrationPerformer, MigrationWorld, Recover, SetAside};

impl Observe<Recover> for MigrationWorld<'_> {
    fn observe(&self, _: &Recover, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        Ok(if self.leftovers.is_anything_left() {
            Observation::pending("leftovers of interrupted publishes", ())
        } else {
            Observation::already()
        })
    }
}

impl Perform<Recover> for MigrationPerformer<'_> {
    fn perform(&self, _: &Recover, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let recovered = self.publisher.recover();
        let notices = recovered.map_err(Failure::io)?;
        let lines: Vec<String> = notices.iter().map(ToString::to_string).collect();
        Ok(Done::saying(lines.join("; ")))
    }
}

impl Observe<SetAside> for MigrationWorld<'_> {
    fn observe(&self, op: &SetAside, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        match self.disk.stat(&op.path.under(self.git.top())) {
            Ok(None) => Ok(Observation::already()),
            Ok(Some(_)) => Ok(Observation::pending("something is there", ())),
            Err(error) => Err(error.into()),
        }
    }
}

impl Perform<SetAside> for MigrationPerformer<'_> {
    fn perform(&self, op: &SetAside, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let _held = self.gate.enter("setting something aside")?;
        let path = op.path.under(self.git.top());
        let kept = keep(self.disk, &path, &self.state.failures()).map_err(Failure::io)?;
        Ok(Done::saying(format!("kept in {}", kept.display())))
    }
}

impl Observe<CommitPath> for MigrationWorld<'_> {
    fn observe(
        &self,
        op: &CommitPath,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        let changed = self
            .git
            .status(&op.paths(), false)
            .map_err(|error| git_failure(&error))?;
        let what = if changed.is_empty() {
            let gone = self.is_gone_unseen(op);
            gone.map_err(|error| git_failure(&error))?
                .then(|| "what is gone is still committed".to_owned())
        } else {
            Some(format!("{} uncommitted paths", changed.len()))
        };
        Ok(what.map_or_else(Observation::already, |what| Observation::pending(what, ())))
    }
}

impl MigrationWorld<'_> {
    /// Whether a path is tracked and gone. Outside of a sparse checkout git does
    /// not tell: it takes the path for one that was never laid out.
    fn is_gone_unseen(&self, op: &CommitPath) -> Result<bool, GitError> {
        let is_gone = |path: &&Path| {
            let found = self.disk.stat(&self.git.top().join(path));
            matches!(found, Ok(None))
        };
        let gone: Vec<&Path> = op.paths().into_iter().filter(is_gone).collect();
        if gone.is_empty() {
            return Ok(false);
        }
        let tracked = self.git.tracked_files()?;
        Ok(gone
            .iter()
            .any(|path| tracked.iter().any(|file| file.starts_with(path))))
    }
}

impl Perform<CommitPath> for MigrationPerformer<'_> {
    fn perform(&self, op: &CommitPath, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let _held = self.gate.enter("a commit")?;
        let id = self
            .git
            .commit_paths(&op.paths(), &op.message)
            .map_err(|error| git_failure(&error))?;
        let Some(id) = id else {
            return Ok(Done::saying(String::new()));
        };
        self.report.report(MigrationEvent::Committed {
            path: op.path.to_string(),
            subject: op.message.lines().next().unwrap_or_default().to_owned(),
            commit: id.to_string(),
        });
        Ok(Done::saying(format!("committed as {}", id.short())))
    }
}

fn git_failure(error: &GitError) -> Failure {
    let failure = Failure::io(error);
    let message = format!("could not {}", failure.message);
    Failure {
        message,
        hint: error.hint(),
        ..failure
    }
}
