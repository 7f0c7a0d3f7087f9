//! What a run tells the plans of shared migrations, in a comment of piton's own:
//! that it started, phase by phase, that it ended. The boxes in people's text
//! are people's to tick.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use piton_backend::folder::Event;
use piton_backend::store::{PlanId, Provider};
use piton_base::{Clock, terminal::clean};
use piton_loop::deciding::memory::Outcome;
use piton_migration::live::load_manifest;
use piton_migration::manifest::{Manifest, Status};
use piton_migration::own::{PlanLink, load_own};
use piton_migration::slug::Slug;

use crate::context::{Context, Place};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::shared::hear;
use crate::stored::{Happened, Replaced, StoredPlace, Told, deliver, harmless, in_actions, user};

/// Reports of one run.
pub(super) struct Reports<'a> {
    context: &'a Context,
    place: &'a Place,
    run: String,
    /// The plans that were told that work started, and what they were told last.
    told: BTreeMap<Slug, Shared>,
    deaf_until: Option<Duration>,
}

/// How long nobody is asked again after GitHub could not be.
const WHILE: Duration = Duration::from_secs(300);

#[derive(Clone, Debug)]
struct Shared {
    plan: PlanId,
    provider: Provider,
    /// What is under way, or was last.
    what: String,
    lines: Vec<String>,
    over: bool,
}

impl<'a> Reports<'a> {
    pub(super) fn new(context: &'a Context, place: &'a Place, run: &str) -> Self {
        Self {
            context,
            place,
            run: run.to_owned(),
            told: BTreeMap::new(),
            deaf_until: None,
        }
    }

    /// Takes up what maintainers said. What cannot be heard now is heard later,
    /// and not before a while has passed.
    pub(super) fn hear(&mut self) {
        let now = self.context.clock.elapsed();
        if self.deaf_until.is_some_and(|until| now < until) {
            return;
        }
        self.deaf_until = None;
        match hear(self.context, self.place, None, &PlanArgs::plain()) {
            Ok(heard) => {
                for one in &heard.unread {
                    let text = format!("comments about {} were not read: {}", one.slug, one.why);
                    let out = &self.context.out;
                    out.note(Channel::General, Level::INFO, &clean(&text));
                }
                for one in heard.synced {
                    let text = format!(
                        "a maintainer said {} to {}: {}",
                        one.word, one.slug, one.outcome
                    );
                    self.context
                        .out
                        .say(Channel::General, Level::NORMAL, &clean(&text));
                }
            }
            Err(error) => {
                self.deaf_until = Some(self.context.clock.elapsed() + WHILE);
                let why = error.on_one_line();
                let text = format!("comments about shared migrations could not be read: {why}");
                self.context.out.note(Channel::General, Level::INFO, &text);
            }
        }
    }

    /// Tells that work on a migration begins, the first time in this run.
    pub(super) fn begins(&mut self, slug: &Slug, what: &str) {
        if !self.told.contains_key(slug) {
            let Some(mut shared) = self.shared(slug) else {
                return;
            };
            let now = self.context.clock.now();
            shared
                .lines
                .push(format!("{now:.0}: run {} started", self.run));
            self.told.insert(slug.clone(), shared);
            self.tell(slug, Some(Event::Started));
        }
        if let Some(shared) = self.told.get_mut(slug) {
            what.clone_into(&mut shared.what);
        }
        self.line(slug, &format!("began {what}"));
        self.tell(slug, None);
    }

    /// Tells what came of it.
    pub(super) fn came_of(&mut self, slug: &Slug, outcome: &Outcome) {
        let what = self
            .told
            .get(slug)
            .map_or_else(String::new, |shared| shared.what.clone());
        let word = match outcome {
            Outcome::Landed => "landed".to_owned(),
            Outcome::Unchanged => "nothing was changed".to_owned(),
            Outcome::PutOff { reason, .. } => format!("put off: {reason}"),
            Outcome::Failed { reason, .. } => format!("failed: {reason}"),
            Outcome::Waits { reason, .. } => format!("accepted, and waits to land: {reason}"),
            Outcome::OutOfQuota { .. } => "the provider's limit is reached".to_owned(),
        };
        self.line(slug, &format!("{what}: {word}"));
        let over = self.told.get(slug).is_some_and(|shared| !shared.over)
            && self.manifest(slug).is_some_and(|manifest| {
                matches!(manifest.status(), Status::Done | Status::Skipped)
            });
        if over {
            if let Some(shared) = self.told.get_mut(slug) {
                shared.over = true;
            }
            self.line(slug, "ended: the migration is done");
            self.tell(slug, Some(Event::Ended));
        } else {
            self.tell(slug, None);
        }
    }

    /// Tells all plans that were told of a start that the run is over.
    pub(super) fn over(&mut self, how: &str) {
        let open: Vec<Slug> = self
            .told
            .iter()
            .filter(|(_, shared)| !shared.over)
            .map(|(slug, _)| slug.clone())
            .collect();
        for slug in open {
            self.line(&slug, &format!("ended: {how}"));
            self.tell(&slug, Some(Event::Ended));
        }
    }

    fn line(&mut self, slug: &Slug, text: &str) {
        let now = self.context.clock.now();
        let line = text.lines().next().unwrap_or_default();
        if let Some(shared) = self.told.get_mut(slug) {
            shared.lines.push(format!("{now:.0}: {}", clean(line)));
        }
    }

    /// Finds the plan of a migration, if it is shared.
    fn shared(&self, slug: &Slug) -> Option<Shared> {
        let dir = self.place.live().migration(slug);
        let own = load_own(&self.context.disk, &dir).ok().flatten()?;
        let PlanLink { backend, id } = own.plan?;
        Some(Shared {
            plan: id.parse().ok()?,
            provider: Provider::of_word(&backend)?,
            what: String::new(),
            lines: Vec::new(),
            over: false,
        })
    }

    fn manifest(&self, slug: &Slug) -> Option<Manifest> {
        load_manifest(&self.context.disk, &self.place.live().migration(slug)).ok()
    }

    /// Brings fields and comment to the plan. What cannot be brought waits, and
    /// the run goes on.
    fn tell(&self, slug: &Slug, event: Option<Event>) {
        let Some(shared) = self.told.get(slug) else {
            return;
        };
        let Ok(stored) = StoredPlace::find(self.context) else {
            return;
        };
        if event.is_none() && stored.waits_for(self.context, &shared.plan) {
            // The end of it says it all again.
            return;
        }
        let now = self.context.clock.now();
        let patch = event.map_or_else(Vec::new, |event| {
            Happened {
                at: now,
                event,
                session: Some(&self.run),
                user: &user(self.context),
                remote: in_actions(&self.context.environment),
            }
            .fields()
        });
        let told = Told {
            key: format!(
                "{}-{slug}-{}",
                self.run,
                event.map_or("progress", Event::word)
            ),
            patch,
            report: Some(Replaced {
                key: format!("run-{}-{slug}", self.run),
                text: self.text(slug, shared),
            }),
            ..Told::default()
        };
        let sent = deliver(self.context, &stored, (&shared.plan, shared.provider), told);
        if let Err(undelivered) = sent {
            let plan = &shared.plan;
            let why = undelivered.told();
            self.context
                .out
                .warn(&format!("could not report {slug} to plan {plan}: {why}"));
        }
    }

    fn text(&self, slug: &Slug, shared: &Shared) -> String {
        let mut text = format!("**piton** carries the migration `{slug}` out.\n\n");
        if let Some(manifest) = self.manifest(slug) {
            for (number, phase) in manifest.phases().iter().enumerate() {
                let done = if phase.done { "done" } else { "open" };
                let _ = writeln!(text, "{}. {}: {done}", number + 1, harmless(&phase.name));
            }
            text.push('\n');
        }
        for line in shared.lines.iter().rev().take(60).rev() {
            let _ = writeln!(text, "- {}", harmless(line));
        }
        text
    }
}
