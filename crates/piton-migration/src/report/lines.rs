//! Findings as lines, for programs, for people, and as JSON.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::{Value, json as object};

use crate::consistency::{Report, Severity};
use piton_base::terminal::clean;

use crate::render::tsv;

/// Writes the original's form: slug, severity, code, path and message with
/// tabs between them, one finding a line, nothing when all is well.
pub fn lines(reports: &[Report]) -> String {
    tsv(reports.iter().flat_map(|report| {
        report.findings.iter().map(|finding| {
            vec![
                Cow::Borrowed(report.subject.as_str()),
                Cow::Borrowed(finding.severity.as_str()),
                Cow::Borrowed(finding.code.as_str()),
                finding.path.to_string_lossy(),
                Cow::Borrowed(finding.message.as_str()),
            ]
        })
    }))
}

/// Writes findings for people: by migration, each with what to do.
pub fn pretty(reports: &[Report]) -> String {
    let mut out = String::new();
    let mut errors = 0;
    let mut others = 0;
    for report in reports {
        let _ = writeln!(out, "{}", clean(&report.subject));
        for finding in &report.findings {
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning | Severity::Info => others += 1,
            }
            let path = finding.path.to_string_lossy();
            let _ = write!(
                out,
                "  {} {}\n    {}\n    {}\n    {}\n",
                finding.severity,
                finding.code,
                clean(&path),
                clean(&finding.message),
                finding.code.remedy(),
            );
        }
    }
    if errors + others > 0 {
        let _ = writeln!(out, "{errors} errors, {others} other findings");
    }
    out
}

/// Returns findings as one JSON array of reports.
pub fn json(reports: &[Report]) -> Value {
    let reports = reports.iter().map(|report| {
        let findings = report.findings.iter().map(|finding| {
            object!({
                "severity": finding.severity,
                "mode": finding.mode,
                "code": finding.code,
                "path": finding.path.to_string_lossy(),
                "message": finding.message,
                "remedy": finding.code.remedy(),
            })
        });
        object!({"slug": report.subject, "findings": findings.collect::<Vec<_>>()})
    });
    Value::Array(reports.collect())
}
