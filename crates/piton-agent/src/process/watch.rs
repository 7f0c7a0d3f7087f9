//! Watching one program until nothing of it is left.

use std::io;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use piton_base::{Clock, Stop};
use rustix::process::Signal;

use super::ExitKind;
use super::pipes::{Message, Source};
use super::sink::{Ended, Sink, Survivors};
use super::tree::Tree;
use crate::watchdog::{EndReason, Limits, Seen, Standing, Verdict, decide};

/// The time between two looks at a program that gives no sign.
const LOOK: Duration = Duration::from_millis(100);
/// The same while its processes are being ended.
const ENDING_LOOK: Duration = Duration::from_millis(10);
/// The time between two looks at all processes of the machine.
const SURVEY: Duration = Duration::from_secs(1);
/// How long after the last process a pipe may stay open. What is in it then is
/// read all the same.
const DRAIN: Duration = Duration::from_secs(1);
/// How long the hard signal is repeated.
const HARD: Duration = Duration::from_secs(10);
/// Watches a run to its end: passes on what it prints, and ends what is not to
/// go on.
pub(super) struct Watch<'a> {
    pub(super) run: &'a mut Run,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) limits: &'a Limits,
    pub(super) stop: &'a Stop,
    pub(super) clock: &'a dyn Clock,
}

impl Watch<'_> {
    pub(super) fn until_it_is_over(mut self, messages: &Receiver<Message>) -> io::Result<Ended> {
        let mut course = Course::beginning(self.clock.elapsed());
        let mut step = Step::Running;
        loop {
            let pause = if matches!(step, Step::Running) && course.open > 0 {
                LOOK
            } else {
                ENDING_LOOK
            };
            let message = messages.recv_timeout(pause);
            let now = self.clock.elapsed();
            self.hear(message, now, &mut course)?;
            if self.run.gone.is_none() {
                self.run.gone = self.run.child.try_wait()?.map(ExitKind::from);
            }
            let next = self.next(step, now, &mut course);
            if let (Some(why), None) = (course.reason, course.ended_at) {
                course.ended_at = Some(now);
                self.sink.ending(why);
            }
            match next {
                Some(next) => step = next,
                None => break,
            }
        }
        self.run.cleared = course.survivors == Survivors::None;
        let ended_at = course.ended_at.unwrap_or_else(|| self.clock.elapsed());
        Ok(Ended {
            exit: self.run.gone.unwrap_or(ExitKind::Unknown),
            reason: course.reason,
            lasted: ended_at.saturating_sub(course.seen.started),
            silent_for: ended_at.saturating_sub(course.last_in_time),
            left_behind: course.left_behind,
            survivors: course.survivors,
        })
    }

    /// Passes on what it printed, and notes when.
    fn hear(
        &mut self,
        message: Result<Message, RecvTimeoutError>,
        now: Duration,
        course: &mut Course,
    ) -> io::Result<()> {
        match message {
            Ok(Message::Chunk(source, chunk)) => {
                match source {
                    Source::Stdout => self.sink.stdout(&chunk)?,
                    Source::Stderr => self.sink.stderr(&chunk)?,
                }
                course.seen.last_output = now;
                if course.ended_at.is_none() {
                    course.last_in_time = now;
                }
                self.run.say(self.sink);
                let standing = self.sink.standing();
                if standing != course.seen.standing {
                    (course.seen.standing, course.seen.standing_since) = (standing, now);
                }
            }
            Ok(Message::End) => course.open -= 1,
            Err(RecvTimeoutError::Timeout) => {}
            // Both readers are gone: there is nothing to wait on but time.
            Err(RecvTimeoutError::Disconnected) => {
                course.open = 0;
                self.clock.pause(ENDING_LOOK);
            }
        }
        Ok(())
    }

    /// Does what the moment asks for; `None` where nothing is left to wait for.
    fn next(&mut self, step: Step, now: Duration, course: &mut Course) -> Option<Step> {
        let run = &mut *self.run;
        Some(match step {
            Step::Running => self.look_after(now, course),
            Step::Polite(since) => {
                if run.none_left() {
                    Step::Draining(now)
                } else if now.saturating_sub(since) >= self.limits.politeness {
                    Step::Hard(now)
                } else {
                    Step::Polite(since)
                }
            }
            Step::Hard(since) => {
                run.tree.signal(Signal::KILL, run.gone.is_none());
                if run.none_left() {
                    Step::Draining(now)
                } else if now.saturating_sub(since) >= HARD {
                    course.survivors = match run.tree.look() {
                        Ok(left) if left.is_empty() => Survivors::None,
                        Ok(left) => Survivors::Known(left),
                        Err(error) => Survivors::Untold(error.to_string()),
                    };
                    Step::Draining(now)
                } else {
                    Step::Hard(since)
                }
            }
            Step::Draining(since) => {
                // What is still being read does not count as waiting.
                let since = since.max(course.seen.last_output);
                if course.open == 0 {
                    return None;
                }
                if now.saturating_sub(since) >= DRAIN {
                    run.abandon.store(true, Ordering::SeqCst);
                }
                Step::Draining(since)
            }
        })
    }

    /// Looks whether it is gone, or has to go.
    fn look_after(&mut self, now: Duration, course: &mut Course) -> Step {
        let run = &mut *self.run;
        if now.saturating_sub(course.surveyed) >= SURVEY {
            course.surveyed = now;
            // The next look comes soon, and the last one counts.
            let _ = run.tree.look();
        }
        let verdict = decide(now, &course.seen, self.limits);
        if run.gone.is_some() {
            course.ended_at = Some(now);
            let left = run.tree.look().map(|left| left.len());
            course.left_behind = *left.as_ref().unwrap_or(&0);
            match left {
                Ok(0) => Step::Draining(now),
                Ok(_) | Err(_) => run.polite(now),
            }
        } else if self.stop.requested() {
            course.reason = Some(EndReason::Stopped);
            run.polite(now)
        } else if let Verdict::End(why) = verdict {
            course.reason = Some(why);
            run.polite(now)
        } else {
            Step::Running
        }
    }
}

/// What is known of a run so far.
struct Course {
    seen: Seen,
    /// How many of its pipes are open.
    open: usize,
    /// Why it is being ended.
    reason: Option<EndReason>,
    ended_at: Option<Duration>,
    /// What it says while it is being ended was not said in time.
    last_in_time: Duration,
    left_behind: usize,
    surveyed: Duration,
    survivors: Survivors,
}

impl Course {
    fn beginning(started: Duration) -> Self {
        Self {
            seen: Seen {
                started,
                last_output: started,
                standing: Standing::Working,
                standing_since: started,
            },
            open: 2,
            reason: None,
            ended_at: None,
            last_in_time: started,
            left_behind: 0,
            surveyed: started,
            survivors: Survivors::None,
        }
    }
}

/// Where the run stands.
#[derive(Clone, Copy)]
enum Step {
    Running,
    /// Signalled politely at this time.
    Polite(Duration),
    /// Signalled hard since this time.
    Hard(Duration),
    /// No process is left since this time; the pipes may still hold something.
    Draining(Duration),
}

/// A program under way. Dropping it ends everything at once, so that not even a
/// panic leaves an agent behind.
pub(super) struct Run {
    child: Child,
    tree: Tree,
    /// Tells the readers of its pipes to go.
    abandon: Arc<AtomicBool>,
    gone: Option<ExitKind>,
    /// Whether no process is left.
    cleared: bool,
    /// Leads to its input while the conversation goes on.
    talk: Option<Sender<Vec<u8>>>,
}

impl Run {
    pub(super) fn new(child: Child, tree: Tree, abandon: Arc<AtomicBool>) -> Self {
        Self {
            child,
            tree,
            abandon,
            gone: None,
            cleared: false,
            talk: None,
        }
    }

    /// Keeps its input open for a conversation, which may begin at once.
    pub(super) fn converse(&mut self, input: Sender<Vec<u8>>, sink: &mut dyn Sink) {
        self.talk = Some(input);
        self.say(sink);
    }

    /// Passes on what is to be told; after the result the input is closed, by
    /// which such programs know that they may go.
    fn say(&mut self, sink: &mut dyn Sink) {
        let Some(talk) = &self.talk else { return };
        let words = sink.answers();
        // A program that does not listen any more is told by its end.
        if (!words.is_empty() && talk.send(words).is_err()) || sink.standing() == Standing::Finished
        {
            self.talk = None;
        }
    }

    fn polite(&mut self, now: Duration) -> Step {
        self.tree.signal(Signal::TERM, self.gone.is_none());
        Step::Polite(now)
    }

    fn none_left(&mut self) -> bool {
        self.gone.is_some() && self.tree.is_clear()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.abandon.store(true, Ordering::SeqCst);
        if !self.cleared {
            self.tree.signal(Signal::KILL, self.gone.is_none());
            if self.gone.is_none() {
                let _ = self.child.wait();
            }
            self.tree.signal(Signal::KILL, false);
            // Those that died are let go of.
            let _ = self.tree.look();
        }
    }
}
