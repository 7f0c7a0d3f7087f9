//! Making a candidate live.

use piton_durable::{TreeDigest, tree};
use piton_loop::failures::FailureKind as RecordedKind;
use piton_loop::planning::bookkeeping;
use piton_loop::planning::candidate::Proposal;
use piton_loop::planning::contents::Contents;
use piton_loop::planning::waiting::Waiting;
use piton_loop::runs::FinalStatus;
use piton_migration::publish::{PublishRequest, Published};
use piton_plan::{Done, Failure, FailureKind, Given};

use super::call::{Recording, UnderWay};
use super::observe::Settled;
use super::{failure, secrets};
use crate::context::{Context, Place};
use crate::hands::Publishing;
use crate::op::{Candidate, Next, Publish};
use crate::output::{Channel, Level};
use crate::planning::planning_site;

impl Recording<'_> {
    /// Publishes, and ends the record of the call before.
    pub(in super::super) fn publish(
        &self,
        context: &Context,
        place: &Place,
        (publishing, settled): (&Publishing, &Settled),
        op: &Publish,
        given: &Given<'_>,
    ) -> Result<Done, Failure> {
        let request = request(context, place, op, given)?;
        let published = publishing.publisher().publish(&request);
        let under_way = self.take();
        match published {
            Ok(published) => {
                tell(context, op, &published);
                settled.note(&op.slug, &published.digest);
                // The candidate is a copy of what is live now, and what else
                // waited was made from what was live before.
                if let Some(parent) = request.workspace.parent() {
                    let _ = tree::remove(&context.disk, parent);
                }
                if let Ok(site) = planning_site(place) {
                    let _ = Waiting::forget(&context.disk, &site, &op.slug, op.on.as_ref());
                }
                if let Some(UnderWay {
                    mut record,
                    decision,
                    made,
                }) = under_way
                {
                    let (digest, commit) = (&published.digest, published.commit.as_deref());
                    bookkeeping::published(&mut record, &decision, &made, digest, commit)
                        .and_then(|()| record.finish(FinalStatus::Completed, None))
                        .map_err(|error| Failure::of(FailureKind::Io, &error))?;
                }
                Ok(Done::saying(match &published.commit {
                    Some(commit) => format!("committed as {}", &commit[..commit.len().min(10)]),
                    None => "not committed: git ignores it".to_owned(),
                }))
            }
            Err(refusal) => {
                let failure = failure::of_publish(&refusal);
                if let (Next::Edits(_), Some(parent)) = (&op.next, request.workspace.parent()) {
                    // It is made again from the plan; nobody was paid for it.
                    let _ = tree::remove(&context.disk, parent);
                }
                if let Some(UnderWay {
                    mut record,
                    decision,
                    ..
                }) = under_way
                {
                    let (kind, story) = (RecordedKind::PlanningPublishBlocked, &failure.error);
                    // The refusal is the news; the record only tells of it.
                    let _ = bookkeeping::not_published(&mut record, &decision, kind, story, None)
                        .and_then(|()| {
                            record.finish(FinalStatus::MigrationFailed, Some(story.clone()))
                        });
                }
                Err(failure)
            }
        }
    }
}

fn tell(context: &Context, op: &Publish, published: &Published) {
    let out = &context.out;
    for notice in &published.result.recovered {
        out.note(
            Channel::Recovery,
            Level::WARNING,
            &format!("recovered: {notice}"),
        );
    }
    if let Some(error) = &published.result.cleanup_error {
        out.warn(&format!(
            "published, but not all could be cleaned up: {error}"
        ));
    }
    if let Some(commit) = &published.commit {
        let text = format!("commit {commit} holds {}", op.destination);
        out.note(Channel::Git, Level::DETAIL, &text);
    }
}

/// Refuses a candidate that is not what was accepted, or that holds a secret:
/// it may have waited.
fn refuse_torn(context: &Context, candidate: &Candidate) -> Result<(), Failure> {
    let found = TreeDigest::of(&context.disk, &candidate.dir)
        .map_err(|error| Failure::of(FailureKind::Io, &error))?;
    if found != candidate.digest {
        return Err(Failure::new(
            FailureKind::Conflict,
            format!(
                "the candidate in {} is not what was accepted any more",
                candidate.dir.display()
            ),
        ));
    }
    match secrets::found_in(context, &candidate.dir) {
        None => Ok(()),
        Some((file, variable)) => Err(Failure::new(
            FailureKind::Io,
            format!("the value of {variable} is in {file} of the candidate; it is not published"),
        )),
    }
}

fn request(
    context: &Context,
    place: &Place,
    op: &Publish,
    given: &Given<'_>,
) -> Result<PublishRequest, Failure> {
    let (workspace, mode, message) = match &op.next {
        Next::Candidate(slot) => {
            let candidate = given.value(slot)?;
            refuse_torn(context, &candidate)?;
            (candidate.dir, candidate.mode, candidate.message)
        }
        Next::Edits(edits) => {
            let failed = |error: &dyn std::error::Error| Failure::of(FailureKind::Io, error);
            let live = place.live().migration(&op.slug);
            let mut contents = Contents::read(&context.disk, &live)
                .map_err(|error| failed(&error))?
                .unwrap_or_default();
            for edit in &edits.files {
                match edit
                    .content
                    .as_ref()
                    .and_then(piton_plan::files::Content::known)
                {
                    Some(bytes) => contents.put(&edit.path, bytes),
                    None => {
                        contents = contents.over(&Contents::default(), |path| path != edit.path);
                    }
                }
            }
            let site = planning_site(place)
                .map_err(|error| Failure::new(FailureKind::Input, error.to_string()))?;
            let candidate = Proposal {
                slug: op.slug.clone(),
                base: op.base.clone(),
                contents,
                mode: edits.mode,
                operation: op.operation.clone(),
                message: edits.message.clone(),
            }
            .build(
                &context.disk,
                &site,
                &format!("{}-{}", op.slug, crate::context::token()),
            )
            .map_err(|error| failed(&error))?;
            (candidate.dir, edits.mode, edits.message.clone())
        }
    };
    Ok(PublishRequest {
        tip: op.on.clone(),
        slug: op.slug.clone(),
        workspace,
        base: op.base.clone(),
        mode,
        operation: op.operation.clone(),
        commit: Some(message),
    })
}
