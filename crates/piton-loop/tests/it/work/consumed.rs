//! What a run's record says that calls consumed, and that it lasts.

use std::path::Path;

use piton_agent::{CallRecord, Usage};
use piton_durable::RealDisk;
use piton_loop::runs::{Consumed, RunRecord, RunSummary};
use piton_loop::work::Worked;
use piton_testkit::recording;

use super::{Scene, piece, refactor_that_writes, scripted};
use crate::as_script::around;
use crate::hand_clock::HandClock;

/// What a record says of a clean-up.
struct Told {
    summary: RunSummary,
    consumed: Consumed,
    /// What was made to last until then.
    lasting: Vec<&'static str>,
}

/// Cleans up by an agent that consumed this.
fn cleaned_up(usage: Option<Usage>, cost_usd: Option<f64>) -> Told {
    let scene = Scene::new();
    let script = refactor_that_writes("better\n", "done");
    let agent = around(scripted(&script), move |_, _, play| {
        Ok(CallRecord {
            usage,
            cost_usd,
            ..play()?
        })
    });
    let piece = piece();
    let (start, clock) = (scene.start(), HandClock::default());
    scene.with_agent(&agent, &clock, |shop, _| {
        let (disk, recorded) = recording(RealDisk);
        let runs = shop.site.runs();
        let (holder, untold) = (crate::world::holder(), &piton_base::Untold);
        let summary = RunSummary::new("run", "/r");
        let run = RunRecord::begin(&disk, &clock, &runs, &holder, untold, summary).unwrap();
        let before = recorded.ops().len();
        let worked = piece.work(shop, &run, &start);
        assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
        let dir = run.dir().events().parent().unwrap().to_owned();
        let name = |path: &Path| match path.file_name() {
            _ if path == dir => "the run's names",
            _ if path == runs => "the run's own name",
            Some(name) if name.to_string_lossy().starts_with(".summary.json.") => "its summary",
            _ => panic!("{}", path.display()),
        };
        let syncs = recorded.ops().split_off(before).into_iter();
        Told {
            summary: run.summary(),
            consumed: run.consumed(start.attempt),
            lasting: (syncs.filter(piton_testkit::Op::is_sync))
                .map(|op| name(&op.path))
                .collect(),
        }
    })
}

#[test]
fn what_a_call_consumed_is_counted_and_outlasts_a_power_cut() {
    let usage = Some(Usage {
        output_tokens: 1000,
        ..Usage::default()
    });
    for (usage, cost_usd) in [(usage, Some(0.5)), (usage, None), (None, Some(0.5))] {
        let told = cleaned_up(usage, cost_usd);
        assert_eq!(told.consumed, Consumed { usage, cost_usd });
        assert_eq!(
            (told.summary.usage, told.summary.cost_usd),
            (usage, cost_usd)
        );
        let today = "2026-06-10".parse().unwrap();
        assert_eq!(Some(told.summary.cost_on(today)), cost_usd.or(Some(0.0)));
        let lasting = ["its summary", "the run's names", "the run's own name"];
        assert_eq!(told.lasting, lasting);
    }
    let told = cleaned_up(None, None);
    assert_eq!(told.consumed, Consumed::default());
    assert_eq!(
        told.lasting, [""; 0],
        "it is evidence of nothing that was paid"
    );
}
