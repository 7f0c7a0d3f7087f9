//! What a run tells the plans of shared migrations, in a comment of piton's own:
//! that it started, phase by phase, that it ended. The boxes in people's text
//! are people's to tick.

mod unread;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use piton_backend::folder::Event;
use piton_backend::store::{PlanId, Provider};
use piton_base::{Clock, terminal::clean};
use piton_loop::deciding::memory::Outcome;
use piton_migration::live::load_manifest;
use piton_migration::manifest::{Manifest, Status};
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
    /// The migrations that have a plan, or may have one, and what their plans
    /// are told.
    told: BTreeMap<Slug, Shared>,
    deaf_until: Option<Duration>,
}

/// How long nobody is asked again after GitHub could not be.
const WHILE: Duration = Duration::from_secs(300);

#[derive(Clone, Debug)]
struct Shared {
    /// `None` while nobody can read whether there is one.
    plan: Option<Plan>,
    /// What is under way, or was last.
    what: String,
    lines: Vec<String>,
    over: bool,
}

/// A plan, and who keeps it.
type Plan = (PlanId, Provider);

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
        if !self.told.contains_key(slug) && !self.takes_up(slug) {
            return;
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

    /// Tells all plans that were told of a start that the run is over, and says
    /// which could not be told anything.
    pub(super) fn over(&mut self, how: &str) {
        let is_open = |shared: &Shared| !shared.over || shared.plan.is_none();
        let open: Vec<(Slug, bool)> = (self.told.iter())
            .filter(|(_, shared)| is_open(shared))
            .map(|(slug, shared)| (slug.clone(), shared.over))
            .collect();
        for (slug, is_over) in open {
            if !is_over {
                self.line(&slug, &format!("ended: {how}"));
            }
            self.tell(&slug, Some(Event::Ended));
            if self.is_unread(&slug) {
                self.warn_of_untold(&slug);
            }
        }
    }

    /// Begins to tell of a migration, if it has a plan or may have one.
    fn takes_up(&mut self, slug: &Slug) -> bool {
        let plan = match self.plan_of(slug) {
            Ok(None) => return false,
            Ok(plan) => plan,
            Err(why) => {
                self.warn_of_unread(slug, &why);
                None
            }
        };
        let now = self.context.clock.now();
        let is_known = plan.is_some();
        let shared = Shared {
            plan,
            what: String::new(),
            lines: vec![format!("{now:.0}: run {} started", self.run)],
            over: false,
        };
        self.told.insert(slug.clone(), shared);
        if is_known {
            self.send(slug, Some(Event::Started));
        }
        true
    }

    fn line(&mut self, slug: &Slug, text: &str) {
        let now = self.context.clock.now();
        let line = text.lines().next().unwrap_or_default();
        if let Some(shared) = self.told.get_mut(slug) {
            shared.lines.push(format!("{now:.0}: {}", clean(line)));
        }
    }

    fn manifest(&self, slug: &Slug) -> Option<Manifest> {
        load_manifest(&self.context.disk, &self.place.live().migration(slug)).ok()
    }

    /// Tells the plan of a migration, if it has one and that is known by now.
    fn tell(&mut self, slug: &Slug, event: Option<Event>) {
        if self.is_unread(slug) {
            match self.plan_of(slug) {
                Ok(None) => _ = self.told.remove(slug),
                Ok(plan) => {
                    if let Some(shared) = self.told.get_mut(slug) {
                        shared.plan = plan;
                    }
                    self.send(slug, Some(Event::Started));
                }
                Err(_) => {}
            }
        }
        self.send(slug, event);
    }

    /// Brings fields and comment to the plan. What cannot be brought waits, and
    /// the run goes on.
    fn send(&self, slug: &Slug, event: Option<Event>) {
        let Some(shared) = self.told.get(slug) else {
            return;
        };
        let Some((plan, provider)) = &shared.plan else {
            return;
        };
        let untold = |why: &str| {
            let text = format!("could not report {slug} to plan {plan}: {why}");
            self.context.out.warn(&text);
        };
        let stored = match StoredPlace::find(self.context) {
            Ok(stored) => stored,
            Err(error) => return untold(&error.on_one_line()),
        };
        if event.is_none() && stored.waits_for(self.context, plan) {
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
                event.map_or("progress", Event::as_str)
            ),
            patch,
            report: Some(Replaced {
                key: format!("run-{}-{slug}", self.run),
                text: self.text(slug, shared),
            }),
            ..Told::default()
        };
        let sent = deliver(self.context, &stored, (plan, *provider), told);
        if let Err(undelivered) = sent {
            untold(&undelivered.told());
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
