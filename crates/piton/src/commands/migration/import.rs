//! `piton migration import`: starts a migration from a stored plan.

use clap::Args;
use piton_backend::store::Provider;
use piton_loop::clock::local_stamp;
use piton_migration::own::{PlanLink, Target, TargetProvenance};
use piton_migration::slug::Slug;

use super::start::{free_slug, plain_slug, proposal, refuse_taken, refuse_without_commits};
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::migrations::proposed;
use crate::planned::PlanArgs;
use crate::shared::shared;
use crate::stored::target::{named, with_plans};
use crate::stored::{Terms, Worthy};

/// Start a migration from a stored plan
///
/// The plan's text becomes the migration's target; its steps are planned as for
/// any other. `piton run` reports to the plan, and carries out maintainers'
/// comments there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration import 42
  piton migration import 42 add-a-cache --dry-run")]
pub(crate) struct ImportArgs {
    /// The plan: its number, its address, or the name of a local one
    plan_id: String,

    /// The migration's name; made of the plan's title where none is given
    #[arg(value_parser = plain_slug)]
    slug: Option<Slug>,

    /// Use it although a stranger wrote it: you have read it
    #[arg(long)]
    trust_author: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ImportArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let (worthy, provider) = with_plans(context, |_, backend| {
        let id = named(context, &args.plan_id)?;
        let terms = Terms {
            digest: None,
            trusted_by_hand: args.trust_author,
        };
        Ok((Worthy::look(backend, &id, terms)?, backend.provider()))
    })?;
    let title = worthy.title();
    let text = worthy.source.text.trim().to_owned();
    context.refuse_secret("the plan", &text)?;
    let slug = if let Some(slug) = &args.slug {
        slug.clone()
    } else {
        refuse_twice(context, &place, provider, &worthy)?;
        free_slug(context, &place, &title)?
    };
    refuse_without_commits(&place, &slug)?;
    refuse_taken(context, &place, &slug)?;
    let link = PlanLink {
        backend: provider.to_string(),
        id: worthy.document.id.to_string(),
    };
    let why = format!("{title}\n\nFrom plan {}.", worthy.document.id);
    let said = ("migration.import", place.settings.commit_prefix(), &*why);
    let now = local_stamp(&context.clock);
    let proposal = proposal(&slug, target(&title, text), Some(link), said, now);
    let exit = proposed::carry_out(context, &place, &args.plan, "migration import", proposal)?;
    if exit == Exit::Done && !args.plan.changes_nothing() {
        context
            .out
            .hint(&format!("plan it with `piton migration step {slug}`"));
    }
    Ok(exit)
}

/// A plan that is a migration already is not made another one by mistake, as
/// after an import that was killed before it could say that it was done.
fn refuse_twice(
    context: &Context,
    place: &Place,
    provider: Provider,
    worthy: &Worthy,
) -> Result<(), CommandError> {
    let id = worthy.document.id.to_string();
    let shared = shared(context, place)?;
    let taken = shared.links.into_iter().find(|(_, link)| {
        let same = link.backend == provider.as_str();
        same && link.id == id
    });
    let Some((slug, _)) = taken else {
        let Some(one) = shared.unread.into_iter().next() else {
            return Ok(());
        };
        let slug = one.slug;
        return Err(CommandError::failed(format!(
            "could not tell whether plan {id} is a migration already; nothing was changed"
        ))
        .with_source(one.why)
        .hint(format!("`piton migration doctor {slug}` says more")));
    };
    Err(
        CommandError::usage(format!("plan {id} is a migration already: {slug}"))
            .hint(format!("continue with `piton migration step {slug}`"))
            .hint(format!(
                "`piton migration import {id} NAME` makes another one from it"
            )),
    )
}

fn target(title: &str, text: String) -> Target {
    Target {
        description: title.to_owned(),
        provenance: TargetProvenance::Targets,
        files: Vec::new(),
        scope: Some(text),
    }
}

#[cfg(test)]
mod tests {
    use piton_backend::store::title_of;
    use piton_backend::text::{plan_in_body, unescape_markers};
    use piton_base::SystemClock;
    use piton_migration::consistency::{Mode, check, has_errors};
    use piton_migration::own::OWN_FILE;
    use piton_testkit::SimDisk;

    use super::*;

    #[test]
    fn each_real_body_gives_a_migration_that_the_doctor_accepts() {
        let Some(shared) = piton_testkit::shared_dir() else {
            println!("skipped: no corpus here");
            return;
        };
        let bodies = std::fs::read_dir(shared.join("corpus/plan-backend/bodies")).unwrap();
        let mut texts = 0;
        for body in bodies {
            let path = body.unwrap().path();
            let Ok(body) = std::fs::read_to_string(&path) else {
                continue;
            };
            let place = plan_in_body(&body).place();
            let text = place.map_or_else(|| body.clone(), |place| unescape_markers(&body[place]));
            if text.trim().is_empty() {
                continue;
            }
            texts += 1;
            let title = title_of(&text);
            let slug = Slug::short(&title);
            let link = PlanLink {
                backend: "github-issue".to_owned(),
                id: "42".to_owned(),
            };
            let now = local_stamp(&SystemClock::default());
            let target = target(&title, text.trim().to_owned());
            let said = ("migration.import", "piton", "");
            let contents = proposal(&slug, target, Some(link), said, now).contents;
            let disk = SimDisk::new();
            let dir = std::path::Path::new("/r/migrations").join(slug.as_str());
            disk.put_dir(&dir);
            contents.write(&disk, &dir).unwrap();
            let findings = check(&disk, &dir, &slug, Mode::Doctor);
            assert!(!has_errors(&findings), "{}: {findings:?}", path.display());
            let own = contents.text(OWN_FILE).unwrap();
            let own: serde_json::Value = serde_json::from_str(&own).unwrap();
            assert_eq!(own["target"]["scope"], text.trim(), "{}", path.display());
        }
        assert!(texts > 200, "{texts}");
    }
}
