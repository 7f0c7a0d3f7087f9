//! Deciding how a call ended, from all that was seen of it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::adapter::{FailureClass, FailureRule, ReplyErrors};
use crate::dialect::{Failure, Transcript};
use crate::outcome::Outcome;
use crate::process::ExitKind;
use crate::until;
use crate::watchdog::EndReason;

/// All that was seen of a call.
#[derive(Debug)]
pub struct Evidence<'a> {
    pub transcript: Transcript,
    pub exit: ExitKind,
    /// Why the supervisor ended it, if it did.
    pub ended: Option<EndReason>,
    /// How long the call took, and how much of that at its end was silent.
    pub lasted: Duration,
    pub silent_for: Duration,
    /// Whether the reply is the output itself, so that its end is the result.
    pub plain: bool,
    /// Whether it was talked with. Such a program has no exit code of its own:
    /// it ends because its input was closed.
    pub converses: bool,
    /// The last of what the program wrote to standard error.
    pub stderr_tail: &'a str,
    pub rules: &'a [FailureRule],
    pub reply_errors: &'a ReplyErrors,
    /// When it ended, which "in two hours" counts from, and the zone of times
    /// that name none.
    pub now: Timestamp,
    pub zone: &'a TimeZone,
}

/// Decides how a call ended.
pub fn classify(evidence: &Evidence<'_>) -> Outcome {
    let (transcript, exit, ended) = (&evidence.transcript, evidence.exit, evidence.ended);
    match ended {
        Some(EndReason::Stopped) => return Outcome::Stopped,
        // A failure that it tells of says more than that it had to be ended.
        Some(EndReason::Idle | EndReason::Deadline)
            if transcript.failure.is_none() && !transcript.finished =>
        {
            return evidence.ran_over(ended == Some(EndReason::Idle));
        }
        Some(EndReason::Hopeless) if transcript.failure.is_none() => {
            return evidence.ran_over(false);
        }
        Some(
            EndReason::Idle | EndReason::Deadline | EndReason::AfterResult | EndReason::Hopeless,
        )
        | None => {}
    }
    if let Some(failure) = &transcript.failure {
        return evidence.failed(failure);
    }
    let left_alone = ended.is_none();
    if transcript.finished || evidence.plain {
        // After a result that came whole, being ended says nothing about it.
        if exit == ExitKind::Code(0) || (transcript.finished && (!left_alone || evidence.converses))
        {
            return evidence.replied();
        }
    }
    if exit == ExitKind::Code(0) {
        return Outcome::NoOutput {
            message: evidence.what_came(),
        };
    }
    evidence.exited()
}

impl Evidence<'_> {
    fn ran_over(&self, idle: bool) -> Outcome {
        if let Some(retrying) = &self.transcript.retrying {
            let failure = &retrying.failure;
            let class = class_of(self.rules, failure).unwrap_or(FailureClass::Outage);
            let message = format!("it only retried: {}", failure.message);
            return Outcome::failed(class, message, self.exit, self.until(failure));
        }
        if idle {
            Outcome::Hung {
                silent_for: self.silent_for,
                after_output: self.transcript.lines > 0,
            }
        } else {
            Outcome::Deadline { after: self.lasted }
        }
    }

    fn failed(&self, failure: &Failure) -> Outcome {
        let class = class_of(self.rules, failure).unwrap_or(FailureClass::Crashed);
        let message = failure.message.clone();
        Outcome::failed(class, message, self.exit, self.until(failure))
    }

    fn replied(&self) -> Outcome {
        let transcript = &self.transcript;
        if let Some(told) = self.told_in_place_of_a_reply() {
            return self.failed(&Failure {
                words: Vec::new(),
                message: first_lines(told, 3),
                until: None,
            });
        }
        if transcript.overflow && (self.plain || transcript.text.is_none()) {
            return Outcome::too_long();
        }
        let text = transcript.text.clone().unwrap_or_default();
        Outcome::of_reply(text, transcript.structured.clone())
    }

    /// Returns the failure that stands where a reply should. A model that
    /// answered has consumed something, which makes it a reply after all.
    fn told_in_place_of_a_reply(&self) -> Option<&str> {
        let transcript = &self.transcript;
        let said = transcript.last_piece.as_ref().or(transcript.text.as_ref());
        let told = self.reply_errors.find(said?)?;
        transcript.usage.is_none().then_some(told)
    }

    /// Takes an exit that no result explains: what was printed last may.
    fn exited(&self) -> Outcome {
        let said = if self.plain {
            self.transcript.text.as_deref().unwrap_or_default()
        } else {
            ""
        };
        let message = [self.stderr_tail.trim(), last_part(said.trim())]
            .into_iter()
            .filter(|part| !part.is_empty());
        let message = message.collect::<Vec<_>>().join("\n");
        let failure = Failure {
            words: vec![format!("exit:{}", self.exit.number())],
            message,
            until: None,
        };
        let until = self.until(&Failure {
            message: last_part(&failure.message).to_owned(),
            ..Failure::default()
        });
        // The log in full is on disk; a message is a line or two.
        let message = last_lines(&failure.message, 3);
        let class = class_of(self.rules, &failure).unwrap_or(FailureClass::Crashed);
        Outcome::failed(class, message, self.exit, until)
    }

    fn until(&self, failure: &Failure) -> Option<Timestamp> {
        let told = || until::from_message(&failure.message, self.now, self.zone);
        failure.until.or_else(told)
    }

    fn what_came(&self) -> String {
        let Transcript {
            lines,
            unread_lines,
            overflow,
            ..
        } = self.transcript;
        match (lines, unread_lines) {
            _ if overflow => "it printed a line longer than 16 MiB".to_owned(),
            (0, _) => "it printed nothing".to_owned(),
            (lines, 0) => format!("it printed {lines} lines, and no final result"),
            (lines, bad) if lines == bad => {
                format!("it printed {lines} lines, in no language that piton reads")
            }
            (lines, bad) => format!(
                "it printed {lines} lines, {bad} of them cut off or not understood, and no \
                 final result"
            ),
        }
    }
}

/// Returns the class of a failure: the first rule that fits it says.
pub(crate) fn class_of(rules: &[FailureRule], failure: &Failure) -> Option<FailureClass> {
    let rule = rules.iter().find(|rule| rule.matches(failure))?;
    Some(rule.class)
}

/// Returns the last four kilobytes, from a character on.
fn last_part(text: &str) -> &str {
    let mut start = text.len().saturating_sub(4096);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

fn first_lines(text: &str, count: usize) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(count).collect::<Vec<_>>().join(" / ")
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].join(" / ")
}
