//! What looking again showed, for a terminal.

use std::fmt::Write;

use crate::render::style::{Colour, Style};
use crate::summary::counted;
use crate::verify::{Verdict, Verification};
use piton_base::terminal::clean;

/// Returns a line for each deviation and the counts. Deviations are told from
/// level −3 upwards, what cannot be verified from 1, and the rest from 2.
pub fn deviations(verification: &Verification, level: i8, style: Style) -> String {
    let mut out = String::new();
    for deviation in verification.deviations().filter(|_| level >= -3) {
        let _ = writeln!(
            out,
            "{} {}: expected {}, found {}",
            style.paint(Colour::Red, "deviation"),
            clean(deviation.action.as_str()),
            clean(deviation.expected),
            clean(deviation.found),
        );
    }
    let (mut verified, mut unverifiable) = (0, 0);
    for checked in &verification.checked {
        let id = clean(checked.action.as_str());
        match &checked.verdict {
            Verdict::Verified => {
                verified += 1;
                if level >= 2 {
                    let _ = writeln!(out, "verified {id}");
                }
            }
            Verdict::Unverifiable { why } => {
                unverifiable += 1;
                if level >= 1 {
                    let word = style.paint(Colour::Yellow, "cannot be verified");
                    let _ = writeln!(out, "{word} {id}: {}", clean(why));
                }
            }
            Verdict::Superseded if level >= 2 => {
                let _ = writeln!(out, "changed again later {id}");
            }
            Verdict::Deviation { .. }
            | Verdict::Superseded
            | Verdict::NotApplicable
            | Verdict::Unaccounted => {}
        }
    }
    let found = verification.deviations().count();
    // Where nothing was done there is nothing to compare.
    let none = verified + unverifiable + found == 0 && !verification.checked.is_empty();
    if level >= i8::from(none) {
        let _ = write!(out, "{verified} verified, {}", counted(found, "deviation"));
        if unverifiable > 0 {
            let _ = write!(out, ", {unverifiable} cannot be verified");
        }
        out.push('\n');
    }
    out
}
