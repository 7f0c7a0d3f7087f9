//! The facts as text.

use std::fmt::Write;

use jiff::Timestamp;

use super::view::{PhaseView, PlanningView, Show};
use crate::manifest::Status;
use crate::planning::Cursor;
use crate::schedule::{NextThing, When};
use piton_base::terminal::clean;

/// Tells everything about a migration to a person; `when` puts a moment into
/// the form that the reader is used to.
pub fn render(show: &Show, when: &dyn Fn(Timestamp) -> String) -> String {
    let mut out = String::new();
    let _ = write(&mut out, show, &|stamp| told(stamp, when));
    out
}

/// A stamp that is no moment stays as it is.
fn told(stamp: &str, when: &dyn Fn(Timestamp) -> String) -> String {
    stamp
        .parse()
        .map_or_else(|_| clean(stamp).into_owned(), when)
}

fn write(out: &mut String, show: &Show, when: &dyn Fn(&str) -> String) -> std::fmt::Result {
    let status = show.status.map_or("invalid-manifest", Status::as_str);
    writeln!(out, "{}  {status}", show.slug)?;
    writeln!(out, "next: {}", next(&show.next))?;
    if let Some(reason) = &show.rejected_because {
        writeln!(out, "rejected: {}", clean(reason))?;
    }
    let stamps = [
        ("created", &show.created_at),
        ("touched", &show.last_touch),
        ("cools down until", &show.cooldown_until),
        ("wakes up", &show.wake_up_on),
    ];
    for (label, stamp) in stamps {
        if let Some(stamp) = stamp {
            writeln!(out, "{label}: {}", when(stamp))?;
        }
    }
    if let Some(digest) = &show.digest {
        writeln!(out, "digest: {digest}")?;
    }
    if !show.phases.is_empty() {
        writeln!(out, "\nphases")?;
        for phase in &show.phases {
            write_phase(out, phase)?;
        }
    }
    if let Some(planning) = &show.planning {
        write_planning(out, planning, when)?;
    }
    if !show.findings.is_empty() {
        writeln!(out, "\nfindings")?;
        for finding in &show.findings {
            let message = clean(&finding.message);
            writeln!(out, "  {} {}: {message}", finding.severity, finding.code)?;
        }
    }
    Ok(())
}

fn next(next: &NextThing) -> String {
    let when = |when: &When| match when {
        When::Now => String::new(),
        When::Later(at) => format!(", not before {at}"),
    };
    match next {
        NextThing::PlanningStep { step, when: at } => {
            format!("planning step {step}{}", when(at))
        }
        NextThing::Phase { name, when: at } => {
            format!("phase {}{}", clean(name), when(at))
        }
        NextThing::HumanReview { reason: None } => "a person has to review it".to_owned(),
        NextThing::HumanReview {
            reason: Some(reason),
        } => format!("a person has to review it: {}", clean(reason)),
        NextThing::Nothing => "nothing, it has ended".to_owned(),
        NextThing::Blocked { reason } => format!("nothing, it is blocked by {reason}"),
    }
}

fn write_phase(out: &mut String, phase: &PhaseView) -> std::fmt::Result {
    let mark = match (phase.done, phase.current) {
        (true, _) => 'x',
        (false, true) => '>',
        (false, false) => ' ',
    };
    write!(out, "  [{mark}] {}", clean(&phase.name))?;
    if let Some(effort) = phase.required_effort {
        write!(out, " ({effort})")?;
    }
    if let Some(other) = &phase.waits_for {
        write!(out, ", waits for {}", clean(other))?;
    }
    writeln!(out, "\n      file: {}", clean(&phase.file))?;
    writeln!(out, "      needs: {}", clean(&phase.precondition))?;
    if let Some(done) = &phase.definition_of_done {
        writeln!(out, "      done when:")?;
        for line in done.lines().filter(|line| !line.trim().is_empty()) {
            writeln!(out, "        {}", clean(line))?;
        }
    }
    Ok(())
}

fn write_planning(
    out: &mut String,
    planning: &PlanningView,
    when: &dyn Fn(&str) -> String,
) -> std::fmt::Result {
    let target = clean(&planning.target);
    let stands = match planning.next_step {
        Cursor::Terminal(_) => "over".to_owned(),
        Cursor::Step(step) => format!("next is {step}"),
    };
    writeln!(out, "\nplanning of {target}: {stands}")?;
    for (index, step) in planning.completed.iter().enumerate() {
        if planning.reopened_after.contains(&index) {
            writeln!(out, "  -- reopened by feedback")?;
        }
        let at = when(step.completed_at.as_str());
        writeln!(out, "  {at}  {}: {}", step.step, step.outcome)?;
    }
    if planning.reopened_after.contains(&planning.completed.len()) {
        writeln!(out, "  -- reopened by feedback")?;
    }
    if let Some(reason) = &planning.final_reason {
        writeln!(out, "  because: {}", clean(reason))?;
    }
    for feedback in &planning.feedback {
        let text = clean(&feedback.text);
        writeln!(out, "  feedback by {}: {text}", feedback.source)?;
    }
    Ok(())
}
