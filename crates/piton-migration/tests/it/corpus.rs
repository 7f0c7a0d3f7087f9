//! Real migrations at every commit that changed one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use piton_base::Effort;
use piton_durable::{RealDisk, TreeDigest};
use piton_migration::consistency::{Mode, Severity, check, examine};
use piton_migration::live::{LiveDir, load_manifest};
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::planning::STATE_FILE;
use piton_migration::schedule::eligible;
use serde_json::{Value, json};

use crate::findings::rows;
use crate::shared::{corpus, same};
use crate::tree;

#[test]
fn every_snapshot_has_the_recorded_verdicts() {
    let Some(corpus) = corpus() else {
        println!("skipped: no recorded migrations beside this workspace");
        return;
    };
    let corpus = corpus.join("migrations");
    let text = fs::read_to_string(corpus.join("expected.jsonl")).expect("the verdicts");
    let mut failures = Vec::new();
    let mut own = BTreeMap::<_, usize>::new();
    for line in text.lines() {
        let recorded: Value = serde_json::from_str(line).expect("a verdict");
        let (commit, name) = (text_of(&recorded, "commit"), text_of(&recorded, "slug"));
        let root = tempfile::tempdir().expect("a directory");
        let live = LiveDir::new(root.path(), "migrations");
        tree::copy(&corpus.join(commit).join(name), &live.path().join(name));
        let mut wrong = |what: &str, result: Result<(), String>| {
            if let Err(error) = result {
                failures.push(format!("{commit} {name}: {what}: {error}"));
            }
        };
        wrong("findings", findings(&live, name, &recorded));
        wrong("manifest", manifest(&live, name, &recorded));
        wrong("planning", planning(&live, name, &recorded));
        wrong("digest", digest(&live.path().join(name), &recorded));
        let slug = name.parse().expect("a slug");
        for finding in examine(&RealDisk, &live, &slug).findings {
            if finding.code.is_own() {
                *own.entry(finding.code).or_default() += 1;
                if finding.severity == Severity::Error {
                    failures.push(format!("{commit} {name}: of our own: {finding:?}"));
                }
            }
        }
    }
    println!("{} snapshots; own findings: {own:?}", text.lines().count());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn text_of<'a>(recorded: &'a Value, field: &str) -> &'a str {
    recorded[field].as_str().expect(field)
}

fn findings(live: &LiveDir, name: &str, recorded: &Value) -> Result<(), String> {
    let dir = live.path().join(name);
    let slug = name.parse().expect("a slug");
    for &mode in Mode::ALL {
        let ours = rows(&check(&RealDisk, &dir, &slug, mode), &dir);
        let codes: Vec<_> = ours
            .iter()
            .map(|(severity, code, _)| json!([severity, code]))
            .collect();
        let paths: Vec<_> = ours.iter().map(|(_, _, path)| json!(path)).collect();
        same(&Value::Array(codes), &recorded["modes"][mode.as_str()])?;
        same(
            &Value::Array(paths),
            &recorded["finding_paths"][mode.as_str()],
        )?;
    }
    Ok(())
}

fn manifest(live: &LiveDir, name: &str, recorded: &Value) -> Result<(), String> {
    let dir = live.path().join(name);
    let manifest = match load_manifest(&RealDisk, &dir) {
        Ok(manifest) => manifest,
        Err(_) if recorded["manifest"] != "ok" => return Ok(()),
        Err(error) => return Err(format!("{error:?}")),
    };
    same(&json!("ok"), &recorded["manifest"])?;
    same(&json!(manifest.status().as_str()), &recorded["status"])?;
    same(
        &json!(manifest.current_phase_name()),
        &recorded["current_phase"],
    )?;
    same(
        &json!(manifest.awaiting_human_review()),
        &recorded["awaiting_human_review"],
    )?;
    same(
        &json!(manifest.current_phase().is_some()),
        &recorded["executable_phase"],
    )?;
    let phases = manifest.phases().iter().map(|phase| {
        let effort = phase.required_effort.map(Effort::as_str);
        json!([phase.name, phase.file, phase.done, effort])
    });
    same(&Value::Array(phases.collect()), &recorded["phases"])?;
    let now = "2026-06-01T00:00:00Z".parse().expect("an instant");
    let answer = eligible(&manifest, now).map_err(|error| error.to_string())?;
    same(&json!(answer), &recorded["eligible_2026_06_01"])?;
    let bytes = fs::read(dir.join(MANIFEST_FILE)).expect("bytes");
    same(
        &json!(manifest.encode() == bytes),
        &recorded["manifest_roundtrip_identical"],
    )
}

fn planning(live: &LiveDir, name: &str, recorded: &Value) -> Result<(), String> {
    let slug = name.parse().expect("a slug");
    let state = match examine(&RealDisk, live, &slug).state {
        Some(Err(error)) if !error.is_missing() => {
            return same(&json!("error"), &recorded["state"]);
        }
        None | Some(Err(_)) => return same(&json!("absent"), &recorded["state"]),
        Some(Ok(loaded)) => loaded.state,
    };
    same(&json!("ok"), &recorded["state"])?;
    same(&json!(state.cursor().as_str()), &recorded["next_step"])?;
    let completed = state
        .completed()
        .iter()
        .map(|done| json!([done.step.as_str(), done.outcome.as_str()]));
    same(&Value::Array(completed.collect()), &recorded["completed"])?;
    same(
        &json!(state.anchors()),
        &recorded["revision_base_step_counts"],
    )?;
    same(&json!(state.feedback().len()), &recorded["feedback_count"])?;
    let decision = state.decision().map(|(decision, _)| decision.as_str());
    same(&json!(decision), &recorded["final_decision"])?;
    let bytes = fs::read(live.migration(&slug).join(STATE_FILE)).expect("bytes");
    same(
        &json!(state.encode() == bytes),
        &recorded["state_roundtrip_identical"],
    )
}

fn digest(dir: &Path, recorded: &Value) -> Result<(), String> {
    let digest = TreeDigest::of(&RealDisk, dir).map_err(|error| error.to_string())?;
    same(&json!(digest.as_str()), &recorded["digest"])
}
