//! The planning graph.

use piton_migration::planning::{Decision, Outcome, Step, replay};
use serde_json::json;

use crate::shared::{Case, each, same};

#[test]
fn histories_replay_as_recorded() {
    each("replay", |case| {
        let history = history(case);
        let anchors = anchors(case);
        let ours = history.zip(anchors).and_then(|(steps, anchors)| {
            let stdout = |step: &Step| format!("migrations/m/.planning/stages/{step}.stdout.md");
            let with_outputs: Vec<_> = steps
                .iter()
                .map(|(step, outcome)| (*step, *outcome, stdout(step)))
                .collect();
            let steps = with_outputs
                .iter()
                .map(|(step, outcome, stdout)| (*step, *outcome, stdout.as_str()));
            replay(steps, &anchors).ok()
        });
        match (case.refused(), ours) {
            (true, None) => Ok(()),
            (true, Some(position)) => Err(format!("accepted: {position:?}")),
            (false, None) => Err("refused".to_owned()),
            (false, Some(position)) => same(
                &json!({
                    "next_step": position.cursor().as_str(),
                    "review_findings": position.findings(),
                    "final_decision": position.decision().map(Decision::as_str),
                }),
                &case.output,
            ),
        }
    });
}

fn history(case: &Case) -> Option<Vec<(Step, Outcome)>> {
    let steps = case.input["steps"].as_array()?;
    steps
        .iter()
        .map(|pair| {
            let text = |index: usize| pair[index].as_str();
            Some((text(0)?.parse().ok()?, text(1)?.parse().ok()?))
        })
        .collect()
}

fn anchors(case: &Case) -> Option<Vec<usize>> {
    let anchors = case.input["anchors"].as_array()?;
    anchors
        .iter()
        .map(|anchor| anchor.as_u64().and_then(|anchor| anchor.try_into().ok()))
        .collect()
}
