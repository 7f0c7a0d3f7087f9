//! `piton selftest --seal`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use piton_seal::{
    Network, Real, Request, STORES, Seal, Standing, Support, Wanted, temporary_variables,
};
use piton_selftest::forbidden::{Expected, Ground, Outcome, Row, Section, try_all};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::args::SelftestArgs;
use super::place;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::output::{Channel, Level};

/// What the sealed child is told.
#[derive(Debug, Serialize, Deserialize)]
struct Errand {
    ground: Ground,
    section: Section,
}

/// A part of the table, by the network of its seal.
#[derive(Debug)]
struct Part {
    network: Network,
    standing: Standing,
    rows: Vec<Row>,
}

pub(super) fn run(context: &Context, args: &SelftestArgs) -> CommandResult {
    if let Some(errand) = &args.inside {
        return inside(context, errand);
    }
    let support = Support::observe(Network::Off);
    let standing = Standing::decide(Wanted::Auto, Network::On, support)
        .or_failed("could not seal anything")?;
    if let Standing::Unavailable { gap } = &standing {
        return Err(CommandError::failed("could not try a seal here")
            .with_source(gap.to_string())
            .hint(
                "agents run without limits on this machine; `piton doctor` shows what is missing",
            ));
    }
    let root = place::make(context, args.dir.as_deref())?;
    let result = tried(context, &root, support);
    if args.keep {
        place::tell(context, &root);
    } else {
        place::remove(context, &root)?;
    }
    let (parts, changed) = result?;
    Ok(show(context, support, &parts, &changed))
}

/// Tries everything in a seal such as an agent has, and the network in one
/// such as validations may have.
fn tried(
    context: &Context,
    root: &std::path::Path,
    support: Support,
) -> Result<(Vec<Part>, Vec<String>), CommandError> {
    let failed = |error| CommandError::failed("could not lay the ground").with_source(error);
    let home = context.environment.home();
    let stores: Vec<PathBuf> = home
        .iter()
        .flat_map(|home| STORES.iter().map(|store| home.join(store)))
        .filter(|store| store.symlink_metadata().is_ok())
        .collect();
    let laid = Ground::lay(root, home.as_deref(), stores).map_err(failed)?;
    let mut parts = Vec::new();
    let cut = [Network::Loopback, Network::Off].map(|network| (network, Section::Network));
    for (network, section) in [(Network::On, Section::Always)].into_iter().chain(cut) {
        let standing =
            Standing::decide(Wanted::Auto, network, support).or_failed("could not seal")?;
        let rows = if standing.network() == network {
            child(context, &laid.ground, network, section)?
        } else {
            Vec::new()
        };
        parts.push(Part {
            network,
            standing,
            rows,
        });
    }
    Ok((parts, laid.ground.changed()))
}

/// Runs this program again, sealed, for one section of the table.
#[expect(
    clippy::disallowed_methods,
    reason = "the child is this very program, sealed as an agent would be"
)]
fn child(
    context: &Context,
    ground: &Ground,
    network: Network,
    section: Section,
) -> Result<Vec<Row>, CommandError> {
    let failed = |what: &str| CommandError::failed(format!("could not {what}"));
    let request = Request {
        write: vec![ground.slot(), ground.temporary()],
        home: context.environment.home(),
        hide: vec![ground.store()],
        network,
        ..Request::default()
    };
    let errand = serde_json::to_string(&Errand {
        ground: ground.clone(),
        section,
    })
    .map_err(|error| failed("say what to try").with_source(error))?;
    let seal = Seal::decide(&request, &Real).and_then(|seal| seal.prepare());
    let seal = seal.map_err(|error| failed("make the seal").with_source(error))?;
    let mut command = Command::new(crate::context::program()?);
    command
        .args(["selftest", "--seal", "--inside", &errand])
        .current_dir(ground.slot())
        .envs(temporary_variables(&ground.temporary()))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    seal.apply(&mut command);
    let output = command
        .output()
        .map_err(|error| failed("start the sealed program").with_source(error))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        failed("understand the sealed program")
            .with_source(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    })
}

/// The sealed child's half.
fn inside(context: &Context, errand: &str) -> CommandResult {
    let errand: Errand = serde_json::from_str(errand).or_usage("could not tell what to try")?;
    let rows = try_all(&errand.ground, errand.section);
    let text = serde_json::to_string(&rows).or_failed("could not write the result")?;
    context.out.data(&text);
    Ok(Exit::Done)
}

fn show(context: &Context, support: Support, parts: &[Part], changed: &[String]) -> Exit {
    let truncating = support.landlock >= Support::TRUNCATE;
    let signals = support.landlock >= Support::SIGNALS;
    let bad = |row: &Row| row.is_bad(truncating, signals);
    let count = parts
        .iter()
        .flat_map(|part| &part.rows)
        .filter(|row| bad(row))
        .count();
    if context.out.json_wanted() {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| {
                json!({
                    "network": part.network,
                    "standing": part.standing,
                    "rows": part.rows.iter().map(|row| json!({
                        "what": row.what,
                        "expected": row.expected,
                        "outcome": row.outcome,
                        "bad": bad(row),
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        context.out.json(json!({
            "mode": "seal",
            "bad": count + changed.len(),
            "changed": changed,
            "parts": parts,
        }));
    } else {
        let tried: usize = parts.iter().map(|part| part.rows.len()).sum();
        let mut lines = Vec::new();
        for part in parts {
            lines.push(part.standing.to_string());
            lines.extend(part.rows.iter().map(|row| line(row, bad(row))));
            lines.push(String::new());
        }
        let outside = |place: &String| format!("CHANGED   {place}, outside the slot");
        lines.extend(changed.iter().map(outside));
        lines.push(format!("{tried} tried, {} bad\n", count + changed.len()));
        let text = lines.join("\n");
        context.out.data(&text);
    }
    let open = parts
        .iter()
        .flat_map(|part| &part.rows)
        .any(|row| row.expected == Expected::Open);
    if open {
        let text = "`open` marks what this kind of seal cannot stop";
        context.out.note(Channel::General, Level::INFO, text);
    }
    if count == 0 && changed.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

fn line(row: &Row, bad: bool) -> String {
    let (verdict, why) = match (&row.outcome, row.expected) {
        (Outcome::Worked, _) if bad => ("BAD", String::new()),
        (Outcome::Refused(why), _) if bad => ("BAD", format!(" ({why})")),
        (Outcome::Worked, Expected::Works) => ("works", String::new()),
        (Outcome::Worked, Expected::Open) => ("open", String::new()),
        (
            Outcome::Worked,
            Expected::Refused | Expected::RefusedIfTruncating | Expected::RefusedIfSignals,
        ) => ("open", " (this kernel cannot refuse it)".to_owned()),
        (Outcome::Refused(why), _) => ("refused", format!(" ({why})")),
        (Outcome::Skipped(why), _) => ("-", format!(" ({why})")),
    };
    format!("  {verdict:<8} {}{why}", row.what)
}
