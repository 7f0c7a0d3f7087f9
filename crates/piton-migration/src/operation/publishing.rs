//! A publish of a plan, looked at and made.

use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, TreeDigest};
use piton_plan::files::Content;
use piton_plan::{Done, Failure, FailureKind, Given, Moment, Observation, Observe, Perform};

use super::event::MigrationEvent;
use super::{Edits, MigrationPerformer, MigrationWorld, Next, Publish, ToCommit, moved};
use crate::candidate::{Candidate, Proposal};
use crate::contents::Contents;
use crate::live::LiveDir;
use crate::publish::{Cause, PublishRefusal, PublishRequest, Published};
use crate::secret::Secret;

impl Observe<Publish> for MigrationWorld<'_> {
    fn observe(
        &self,
        op: &Publish,
        given: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        let live = self.live.migration(&op.slug);
        let found = TreeDigest::of(self.disk, &live).map_err(Failure::io)?;
        let already = match &op.next {
            Next::Candidate(slot) => match given.value(slot) {
                Ok(candidate) => candidate.digest == found,
                // Not known before the call: until then only the base is compared.
                Err(_) => false,
            },
            Next::Edits(edits) => edited(self.disk, self.live, op, edits)?,
        };
        let told = format!("the migration at {}", found.short());
        if already || (self.settled.is(&op.slug, &found) && self.is_committed(op)?) {
            return Ok(Observation::already());
        }
        if let Some(changed) = moved(self.git, op.on.as_ref())? {
            return Ok(changed);
        }
        Ok(if found == op.base {
            Observation::pending(told, ())
        } else {
            Observation::changed(format!("the migration at {}", op.base.short()), told)
        })
    }
}

impl MigrationWorld<'_> {
    /// Whether nothing of the migration differs from the last commit. What a
    /// hook changed after the commit is in none.
    fn is_committed(&self, op: &Publish) -> Result<bool, Failure> {
        let changed = self.git.status(&[Path::new(&op.destination)], false);
        Ok(changed.map_err(Failure::io)?.is_empty())
    }
}

fn edited(
    disk: &dyn DiskRead,
    live: &LiveDir,
    op: &Publish,
    edits: &Edits,
) -> Result<bool, Failure> {
    let contents = Contents::read(disk, &live.migration(&op.slug)).map_err(Failure::io)?;
    Ok(contents.is_some_and(|contents| {
        edits.files.iter().all(|edit| {
            let wanted = edit.content.as_ref().and_then(Content::known);
            contents.get(&edit.path) == wanted.as_deref()
        })
    }))
}

impl Perform<Publish> for MigrationPerformer<'_> {
    fn perform(&self, op: &Publish, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let (candidate, contents) = self.candidate(op, given)?;
        let hooked = match self.hooked(op, given, &candidate, &contents) {
            Ok(hooked) => hooked,
            Err(failure) => return Err(self.refused(op, &candidate, failure)),
        };
        let publishable = hooked.as_ref().unwrap_or(&candidate);
        let request = PublishRequest {
            slug: op.slug.clone(),
            workspace: publishable.dir.clone(),
            base: op.base.clone(),
            mode: publishable.mode,
            operation: op.operation.clone(),
            commit: Some(publishable.message.clone()),
            tip: op.on.clone(),
        };
        let published = self.publisher.publish(&request);
        if let Some(hooked) = &hooked {
            let _ = hooked.remove(self.disk);
        }
        match published {
            Ok(published) => {
                if let Some(commit) = &published.commit {
                    self.hooks.after(commit);
                }
                self.settled.note(&op.slug, &published.digest);
                // The candidate is a copy of what is live now.
                let _ = candidate.remove(self.disk);
                let message = match &published.commit {
                    Some(commit) => format!("committed as {}", &commit[..commit.len().min(10)]),
                    None => "nothing differs from the last commit".to_owned(),
                };
                self.tell(op, candidate, published);
                Ok(Done::saying(message))
            }
            Err(refusal) => Err(self.refused(op, &candidate, failure(&refusal))),
        }
    }
}

impl MigrationPerformer<'_> {
    /// Shows the user's hooks what is to be committed. Returns what they made of
    /// it as a candidate of its own: the one that was accepted stays, to be
    /// published another time should this fail.
    fn hooked(
        &self,
        op: &Publish,
        given: &Given<'_>,
        candidate: &Candidate,
        contents: &Contents,
    ) -> Result<Option<Candidate>, Failure> {
        let hooked = self.hooks.before(&ToCommit {
            destination: &op.destination,
            contents,
            message: &candidate.message,
        })?;
        let Some(hooked) = hooked else {
            return Ok(None);
        };
        if hooked.contents == *contents && hooked.message == candidate.message {
            return Ok(None);
        }
        let name = format!("{}-hooked", given.plan());
        let proposal = Proposal {
            slug: op.slug.clone(),
            base: op.base.clone(),
            contents: hooked.contents,
            mode: candidate.mode,
            operation: op.operation.clone(),
            message: hooked.message,
        };
        let below = self.state.candidates().join(name);
        let built = proposal.build(self.disk, &below, None);
        let (built, image) = built.map_err(|error| {
            let story = piton_base::on_one_line(&error);
            Failure::new(
                FailureKind::Io,
                format!(
                    "a hook changed the migration, and it cannot be published any more: {story}"
                ),
            )
        })?;
        if let Err(failure) = self.refuse_secrets(&image.into()) {
            let _ = built.remove(self.disk);
            return Err(failure);
        }
        Ok(Some(built))
    }

    /// Tells of a publish that was refused.
    fn refused(&self, op: &Publish, candidate: &Candidate, failure: Failure) -> Failure {
        if let Next::Edits(_) = &op.next {
            // The plan makes it again, without a call.
            let _ = candidate.remove(self.disk);
        }
        self.report.report(MigrationEvent::Refused {
            slug: op.slug.clone(),
            operation: op.operation.clone(),
            story: failure.message.clone(),
        });
        failure
    }

    /// Returns the candidate of the call before with its files, or builds one
    /// from the edits.
    fn candidate(&self, op: &Publish, given: &Given<'_>) -> Result<(Candidate, Contents), Failure> {
        let edits = match &op.next {
            Next::Candidate(slot) => {
                let candidate = given.value(slot)?;
                let restored = candidate.restore(self.disk);
                let Some(image) = restored.map_err(Failure::io)? else {
                    let dir = candidate.dir.display();
                    return Err(Failure::new(
                        FailureKind::Conflict,
                        format!("the candidate in {dir} was changed after it was accepted"),
                    ));
                };
                // Looked at again: it may be from an earlier run.
                let contents = image.into();
                self.refuse_secrets(&contents)?;
                return Ok((candidate, contents));
            }
            Next::Edits(edits) => edits,
        };
        let live = self.live.migration(&op.slug);
        let mut contents = Contents::read(self.disk, &live)
            .map_err(Failure::io)?
            .unwrap_or_default();
        for edit in &edits.files {
            match edit.content.as_ref().and_then(Content::known) {
                Some(bytes) => contents.put(&edit.path, bytes),
                None => contents = contents.over(&Contents::default(), |path| path != edit.path),
            }
        }
        let below: PathBuf = self.state.candidates().join(given.plan().to_string());
        let built = Proposal {
            slug: op.slug.clone(),
            base: op.base.clone(),
            contents,
            mode: edits.mode,
            operation: op.operation.clone(),
            message: edits.message.clone(),
        }
        .build(self.disk, &below, None);
        let (candidate, image) = built.map_err(Failure::io)?;
        Ok((candidate, image.into()))
    }

    fn refuse_secrets(&self, contents: &Contents) -> Result<(), Failure> {
        match Secret::found_among(self.secrets, contents) {
            None => Ok(()),
            Some((file, name)) => Err(Failure::new(
                FailureKind::Io,
                format!("the value of {name} is in {file} of the candidate; it is not published"),
            )),
        }
    }

    fn tell(&self, op: &Publish, candidate: Candidate, published: Published) {
        for notice in &published.recovered {
            let notice = notice.to_string();
            self.report.report(MigrationEvent::Recovered { notice });
        }
        self.report.report(MigrationEvent::Published {
            slug: op.slug.clone(),
            operation: op.operation.clone(),
            destination: op.destination.clone(),
            subject: op.subject.clone(),
            on: op.on.clone(),
            next: candidate.next,
            digest: published.digest,
            commit: published.commit,
            unclean: published.unclean,
        });
    }
}

fn failure(refusal: &PublishRefusal) -> Failure {
    let cause = &refusal.cause;
    let kind = match cause {
        Cause::Stale { .. }
        | Cause::Dirty { .. }
        | Cause::Elsewhere { .. }
        | Cause::Rewritten { .. }
        | Cause::UnderWay(_) => FailureKind::Conflict,
        Cause::WrongName { .. } | Cause::InsideLive { .. } => FailureKind::Internal,
        Cause::Place(_)
        | Cause::Enter(_)
        | Cause::Unfit(_)
        | Cause::Findings { .. }
        | Cause::Git(_)
        | Cause::Commit(_)
        | Cause::Transaction(_) => FailureKind::Io,
    };
    let failure = Failure::new(kind, refusal.to_string());
    match cause.way_out() {
        Some(way) => failure.hint(way),
        None => failure,
    }
}
