//! Sending what waits: what is for one plan in its order, and no plan behind
//! another's.

use std::path::Path;
use std::time::Duration;

use piton_backend::header::{Patch, PatchError};
use piton_backend::store::{BackendError, Change, Noted, Provider};
use piton_base::{Clock, on_one_line};
use piton_durable::{DiskError, Holder, Lock};

use super::{Outbox, REFUSED, Unread, Waiting, marked};
use crate::context::Context;
use crate::error::CommandError;
use crate::stored::backends::with_backend;
use crate::stored::place::StoredPlace;

/// What came of sending.
#[derive(Debug, Default)]
pub(in crate::stored) struct Sending {
    held: Vec<Held>,
    /// What people should know of: plans that cannot be written, and what was
    /// refused.
    pub(in crate::stored) told: Vec<String>,
}

/// What goes on waiting together, and why.
#[derive(Debug)]
struct Held {
    whose: Whose,
    message: String,
}

#[derive(Debug)]
enum Whose {
    /// What is for the plan with this mark.
    Plan(String),
    /// All that is for a provider: nothing can be reached there now.
    Provider(Provider),
    /// Everything: another process is at it.
    Everything,
}

enum Sent {
    Done,
    Later(Held),
    Never(String),
}

impl Sending {
    /// Says why what is reported to a plan has to wait behind what waits for it,
    /// if it does.
    pub(in crate::stored) fn in_the_way_of(
        &self,
        waiting: &Waiting,
        outbox: &Outbox<'_>,
    ) -> Option<&str> {
        let held = self.held.iter().find(|held| match &held.whose {
            Whose::Plan(mark) => *mark == waiting.mark(),
            Whose::Provider(provider) => {
                waiting.provider == Some(*provider) && outbox.has_of(&waiting.plan)
            }
            Whose::Everything => outbox.has_of(&waiting.plan),
        });
        held.map(|held| held.message.as_str())
    }

    fn is_held(&self, mark: &str, provider: Provider) -> bool {
        self.held.iter().any(|held| match &held.whose {
            Whose::Plan(held) => held == mark,
            Whose::Provider(held) => *held == provider,
            Whose::Everything => true,
        })
    }

    fn hold(&mut self, whose: Whose, message: String) {
        self.held.push(Held { whose, message });
    }
}

impl Outbox<'_> {
    /// Sends what waits, oldest first, each to the backend that it was meant
    /// for. What cannot be sent at all is set aside. What may pass stays, and so
    /// does what follows it for the same plan. For somebody else who is sending
    /// it is waited as long as `patience` says.
    pub(in crate::stored) fn send(
        &self,
        context: &Context,
        place: &StoredPlace,
        patience: Duration,
    ) -> Sending {
        let mut sending = Sending::default();
        // Nothing may go before what waits, and nobody can tell what does.
        let unknown = |mut sending: Sending, error: &DiskError| {
            sending.hold(Whose::Everything, on_one_line(error));
            sending
        };
        match self.waiting() {
            Ok(waiting) if waiting.is_empty() => return sending,
            Ok(_) => {}
            Err(error) => return unknown(sending, &error),
        }
        let holder = Holder {
            pid: std::process::id(),
            host: "this machine".to_owned(),
            since: context.clock.now(),
            what: "sending what waited".to_owned(),
        };
        let lock = Lock::at(self.dir.join("lock"));
        let Ok(_guard) = lock.acquire(&holder, patience) else {
            let message = "another process of this clone is sending what waited";
            sending.hold(Whose::Everything, message.to_owned());
            return sending;
        };
        let waiting = match self.waiting() {
            Ok(waiting) => waiting,
            Err(error) => return unknown(sending, &error),
        };
        for path in waiting {
            self.take_up(&path, context, place, &mut sending);
        }
        sending
    }

    fn take_up(&self, path: &Path, context: &Context, place: &StoredPlace, sending: &mut Sending) {
        let waiting = match self.read(path) {
            Ok(waiting) => waiting,
            Err(Unread::Gone) => return,
            Err(Unread::Later(why)) => {
                let at = path.display();
                sending.told.push(format!("a report waits in {at}: {why}"));
                if let Some(mark) = marked(path) {
                    sending.hold(Whose::Plan(mark.to_owned()), why);
                }
                return;
            }
            Err(Unread::Damaged(why)) => return self.set_aside(path, "a report", &why, sending),
        };
        let provider = waiting.provider.unwrap_or_else(|| place.provider());
        if sending.is_held(&waiting.mark(), provider) {
            return;
        }
        let what = format!("a report to plan {}", waiting.plan);
        match bring(&waiting, provider, context, place) {
            Sent::Done => {
                let _ = self.disk.remove_file(path);
            }
            Sent::Later(held) => {
                if matches!(held.whose, Whose::Plan(_)) {
                    sending.told.push(format!("{what} waits: {}", held.message));
                }
                sending.held.push(held);
            }
            Sent::Never(why) => self.set_aside(path, &what, &why, sending),
        }
    }

    fn set_aside(&self, path: &Path, what: &str, why: &str, sending: &mut Sending) {
        let aside = path.with_extension(REFUSED);
        let _ = self.disk.rename(path, &aside);
        let aside = aside.display();
        sending
            .told
            .push(format!("{what} is set aside as {aside}: {why}"));
    }
}

impl Waiting {
    /// Returns the change of the header that it is; `waited` is how long.
    pub(in crate::stored) fn change(&self, waited: Duration) -> Result<Change, PatchError> {
        Ok(Change {
            patch: Patch::new(self.told.patch.clone())?,
            key: self.told.key.clone(),
            waited,
        })
    }

    /// Brings it to the backend of a provider.
    pub(in crate::stored) fn bring(
        &self,
        change: &Change,
        provider: Provider,
        context: &Context,
        place: &StoredPlace,
    ) -> Result<Result<Vec<Noted>, BackendError>, CommandError> {
        let (plan, told) = (&self.plan, &self.told);
        let session = told.session.as_deref();
        with_backend(context, place, provider, session, |backend| {
            if let Some(report) = &told.report {
                backend.set_comment(plan, &report.key, &report.text)?;
            }
            if change.patch.is_empty() && told.comment.is_none() {
                return Ok(Vec::new());
            }
            backend
                .post_event(plan, change, told.comment.as_deref())
                .map(|updated| updated.notes)
        })
    }
}

fn bring(waiting: &Waiting, provider: Provider, context: &Context, place: &StoredPlace) -> Sent {
    let waited = context.clock.now().duration_since(waiting.since);
    let waited = Duration::try_from(waited).unwrap_or_default();
    let change = match waiting.change(waited.max(Duration::from_millis(1))) {
        Ok(change) => change,
        Err(error) => return Sent::Never(error.to_string()),
    };
    let sent = waiting.bring(&change, provider, context, place);
    judge(sent, waiting, provider)
}

fn judge(
    sent: Result<Result<Vec<Noted>, BackendError>, CommandError>,
    waiting: &Waiting,
    provider: Provider,
) -> Sent {
    let (whose, message) = match sent {
        Ok(Ok(_)) => return Sent::Done,
        // The settings cannot be used now; they may be repaired.
        Err(error) => (Whose::Provider(provider), error.on_one_line()),
        Ok(Err(error)) if !error.may_pass() => return Sent::Never(on_one_line(&error)),
        Ok(Err(error)) if error.is_of_all_plans() => {
            (Whose::Provider(provider), on_one_line(&error))
        }
        Ok(Err(error)) => (Whose::Plan(waiting.mark()), on_one_line(&error)),
    };
    Sent::Later(Held { whose, message })
}

/// Sends what waits in the outbox of the clone here, if anything does. What
/// cannot be sent now goes on waiting; that is nobody's error here.
pub(crate) fn send_waiting(context: &Context) {
    let Ok(place) = StoredPlace::find(context) else {
        return;
    };
    let sending = Outbox::of(context, &place).send(context, &place, Duration::ZERO);
    for line in sending.told {
        context.out.warn(&line);
    }
}
