//! Findings in the form that code hosts show beside the code.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::consistency::{Code, Report, Severity};

/// Returns findings as a SARIF 2.1.0 log. Paths below `root` become relative
/// to it, as code hosts want them.
pub fn sarif(reports: &[Report], root: &Path, version: &str) -> Value {
    let codes: BTreeSet<Code> = reports
        .iter()
        .flat_map(|report| report.findings.iter().map(|finding| finding.code))
        .collect();
    let rules: Vec<_> = codes
        .into_iter()
        .map(|code| {
            json!({
                "id": code.as_str(),
                "shortDescription": {"text": code.meaning()},
                "help": {"text": code.remedy()},
                "defaultConfiguration": {"level": level(code.severity())},
            })
        })
        .collect();
    let results: Vec<_> = reports
        .iter()
        .flat_map(|report| report.findings.iter().map(move |it| (report, it)))
        .map(|(report, finding)| {
            json!({
                "ruleId": finding.code.as_str(),
                "level": level(finding.severity),
                "message": {"text": format!("{}: {}", report.subject, finding.message)},
                "locations": [{
                    "physicalLocation": {"artifactLocation": location(&finding.path, root)},
                }],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "piton", "version": version, "rules": rules}},
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn location(path: &Path, root: &Path) -> Value {
    match path.strip_prefix(root) {
        Ok(below) => json!({"uri": uri(below), "uriBaseId": "%SRCROOT%"}),
        Err(_) => json!({"uri": format!("file://{}", uri(path))}),
    }
}

/// Spells a path as a URI reference: everything but the plainest characters
/// is percent-encoded.
fn uri(path: &Path) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(*byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consistency::{Finding, Mode};

    #[test]
    fn locations_are_relative_to_the_project_and_encoded() {
        let path = Path::new("/repo/migrations/a b/manifest.json").to_owned();
        let finding = Finding::new(Mode::Doctor, Code::MissingManifest, path, "gone");
        let report = Report {
            subject: "a b".to_owned(),
            findings: vec![finding],
        };
        let log = sarif(&[report], Path::new("/repo"), "0.1.0");
        let result = &log["runs"][0]["results"][0];
        assert_eq!(
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "migrations/a%20b/manifest.json"
        );
        assert_eq!(result["level"], "error");
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][0]["id"],
            "missing-manifest"
        );
    }
}
