//! `piton traffic verify`: every part of a set-up against what it should be.

use std::fmt::Write as _;

use clap::Args;
use piton_base::Clock as _;
use piton_github::endpoints::{gists, people, runs, traffic};
use piton_github::{Client, ForgeError};
use piton_plan::{Plan, PlanBuilder};
use piton_traffic::operation::{CheckSetup, CheckedSetup, TrafficOp};
use piton_traffic::provision::{self, Kind};
use piton_traffic::survey::{Ages, Finding, Findings, GistState, Group, Survey, Verdict, examine};
use serde_json::json;

use super::conflict::ConflictArgs;
use super::error;
use super::look::{How, Looked, look};
use super::mend;
use super::place::{Known, MeantArgs, earlier};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::{PlanArgs, site};

/// Compare every part of a set-up with what it should be
///
/// Each check is an action that only looks; `--dry-run` lists them. `--fix`
/// makes a plan that repairs what fails.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic verify
  piton traffic verify --strict            warnings count as failures
  piton traffic verify --fix --dry-run     what would repair it
  piton traffic verify --token-env TOKEN   try the collector's token too")]
pub(crate) struct VerifyArgs {
    /// Repair what fails
    #[arg(long)]
    fix: bool,

    /// Treat warnings as failures
    #[arg(long)]
    strict: bool,

    /// The variable of the environment that holds the collector's token
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,

    #[command(flatten)]
    conflict: ConflictArgs,

    #[command(flatten)]
    pub(super) meant: MeantArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &VerifyArgs) -> CommandResult {
    let place = if args.fix {
        Some(Known::place_to_write(context, &args.plan)?)
    } else {
        context.place_if_any()?
    };
    let how = How {
        page: true,
        ..How::default()
    };
    let looked = look(context, place, &args.meant, how)?;
    let mut findings = examine(&looked.seen, Ages::default()).0;
    if let Some(variable) = &args.token_env {
        if args.plan.plan_out.is_some() {
            return Err(CommandError::usage(
                "a plan holds no token, so trying one is not saved: leave --token-env or --plan-out out",
            ));
        }
        // Whether a token may write is tried by writing what is there.
        if args.plan.changes_nothing() {
            let told = "the token is not tried in a dry run";
            context.out.note(Channel::Setup, Level::INFO, told);
        } else {
            findings.extend(token(context, &looked, variable)?);
        }
    }
    if args.fix {
        return fix(context, args, &looked, &findings);
    }
    let plan = plan(&looked.seen, &findings)?;
    if args.plan.changes_nothing() {
        return site::anywhere(context)?.carry_out(&args.plan, &plan);
    }
    tell(context, &looked.seen, &findings);
    if findings.iter().all(|one| one.verdict == Verdict::Skip) {
        return Err(CommandError::failed("could not check anything"));
    }
    let bad = |one: &Finding| match one.verdict {
        Verdict::Fail => true,
        Verdict::Warn => args.strict,
        Verdict::Ok | Verdict::Skip => false,
    };
    Ok(if findings.iter().any(bad) {
        Exit::Deviation
    } else {
        Exit::Done
    })
}

/// An action for each check.
fn plan(seen: &Survey, findings: &[Finding]) -> Result<Plan<Op>, CommandError> {
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("traffic verify");
    let setup = CheckedSetup {
        repository: seen.repository.clone(),
        badge_gist: seen.badge.id().map(str::to_owned),
        archive_gist: seen.archive.id().map(str::to_owned),
        secret: Some(seen.secret.0.clone()),
    };
    for one in findings {
        builder.add(Op::Traffic(TrafficOp::Check(CheckSetup {
            group: one.group,
            target: one.target.clone(),
            setup: setup.clone(),
        })));
    }
    Ok(builder.build()?)
}

fn fix(
    context: &Context,
    args: &VerifyArgs,
    looked: &Looked,
    findings: &[Finding],
) -> CommandResult {
    let place = looked.checkout()?;
    let mut wishes = mend::wishes(context, looked, &args.conflict)?;
    let is_branch = |one: &Finding| one.group == Group::Workflow && one.target == "branch";
    let mut warned = findings.iter().filter(|one| one.verdict == Verdict::Warn);
    if warned.any(is_branch) {
        // What the workflow has is what is wrong.
        wishes.branch = looked.settings.traffic_branch().map(str::to_owned);
    }
    if args.conflict.force {
        // The gists that were checked are the right ones, whatever else is named.
        let Survey { badge, archive, .. } = &looked.seen;
        let checked = |gist: &GistState, kind| gist.of_kind(kind).map(str::to_owned);
        let said = &mut wishes.said;
        said.badge_gist = said
            .badge_gist
            .take()
            .or_else(|| checked(badge, Kind::Badge));
        said.archive_gist = said
            .archive_gist
            .take()
            .or_else(|| checked(archive, Kind::Archive));
    }
    let facts = mend::facts(context, &looked.forge, &looked.known, &wishes)?;
    let earlier = earlier(place);
    let plan = provision::plan_fix::<Op>(
        &wishes,
        &facts,
        looked.known.destination(context, place, &earlier),
        &looked.seen,
        findings,
    )
    .map_err(error::create)?;
    context.site(place).carry_out(&args.plan, &plan)
}

fn tell(context: &Context, seen: &Survey, findings: &[Finding]) {
    let count = |verdict| findings.iter().filter(|one| one.verdict == verdict).count();
    let counts = [Verdict::Ok, Verdict::Warn, Verdict::Fail, Verdict::Skip].map(count);
    if context.out.json_wanted() {
        let checks: Vec<_> = findings
            .iter()
            .map(|one| {
                json!({
                    "id": one.id(), "verdict": one.verdict, "code": one.code,
                    "reason": one.reason, "remedy": one.remedy,
                })
            })
            .collect();
        context.out.json(json!({
            "repository": seen.repository.to_string(), "checks": checks,
            "counts": {"ok": counts[0], "warn": counts[1], "fail": counts[2], "skip": counts[3]},
        }));
        return;
    }
    let mut text = format!("{}\n\n", seen.repository);
    for one in findings {
        let _ = writeln!(text, "{one}");
        if let (Some(remedy), Verdict::Warn | Verdict::Fail) = (&one.remedy, one.verdict) {
            let _ = writeln!(text, "        {remedy}");
        }
    }
    let _ = writeln!(
        text,
        "\n{} ok, {} warn, {} FAIL, {} skip",
        counts[0], counts[1], counts[2], counts[3]
    );
    context.out.data(&text);
}

/// Tries the collector's token: what it must read, and whether it may write.
fn token(context: &Context, looked: &Looked, variable: &str) -> Result<Vec<Finding>, CommandError> {
    let Some(token) = context.environment.get(variable) else {
        return Err(CommandError::usage(format!(
            "--token-env names {variable}, which is not set"
        )));
    };
    let token = token
        .parse()
        .or_usage(format!("could not use the token in {variable}"))?;
    let forge = looked.forge.signed_in_with(token);
    let name = &looked.seen.repository;
    let mut findings = Findings::default();
    let mut add = |target: &str, result: Result<String, ForgeError>| match result {
        Ok(reason) => _ = findings.add(Verdict::Ok, Group::Token, target, reason),
        Err(error) => {
            let failed = findings.add(Verdict::Fail, Group::Token, target, error.to_string());
            failed.remedy = error.hint();
        }
    };
    let me = people::me_with_answer(&forge);
    let soon = me.as_ref().map_or(None, |(_, answer)| answer.token_expires);
    let login = me.map(|(me, _)| format!("a token of {}", me.login));
    add("login", login);
    let views = traffic::views(&forge, name);
    add("traffic", views.map(|_| "it reads the traffic".to_owned()));
    let first = runs::list(&forge, name, None).next().transpose();
    add("actions", first.map(|_| "it reads the runs".to_owned()));
    if let Some(gist) = looked.seen.badge.found() {
        add("gist", writes(&forge, &gist.id, &gist.description));
    }
    if let Some(ends) = soon {
        let days = ends.duration_since(context.clock.now()).as_hours() / 24;
        let verdict = if days < 14 {
            Verdict::Warn
        } else {
            Verdict::Ok
        };
        let reason = format!("it ends in {days} days");
        findings
            .add(verdict, Group::Token, "end", reason)
            .remedy("`piton traffic create --rotate-token` stores a new one");
    }
    Ok(findings.0)
}

/// Gives a gist the description that it has: nothing changes, and whoever may
/// not write is told so.
fn writes(forge: &Client, id: &str, description: &str) -> Result<String, ForgeError> {
    let same = gists::Edit {
        description: Some(description.to_owned()),
        ..gists::Edit::default()
    };
    gists::edit(forge, id, &same)?;
    Ok("it writes the gist".to_owned())
}
