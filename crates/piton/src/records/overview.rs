//! A run in ten seconds' reading: as lines, and as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use piton_base::terminal::{clean, cut};
use piton_loop::runs::{ActionEnd, ActionOutcome, Overview};

use crate::output::amount::{consumed, dollars, lasted};

/// No more of one kind are named.
const NAMED: usize = 8;
/// On a page there is room for more.
const LISTED: usize = 25;

/// The order in which outcomes are told: what landed first, then what somebody
/// has to do something about.
const ORDER: [ActionOutcome; 9] = [
    ActionOutcome::Landed,
    ActionOutcome::Waits,
    ActionOutcome::Failed,
    ActionOutcome::Conflict,
    ActionOutcome::PutOff,
    ActionOutcome::Unchanged,
    ActionOutcome::OutOfQuota,
    ActionOutcome::NoAgent,
    ActionOutcome::Stopped,
];

/// Returns the lines for a terminal that is so wide.
pub(crate) fn lines(overview: &Overview, width: usize) -> String {
    let mut out = String::new();
    for outcome in ORDER {
        let word = outcome.as_str();
        let of_it = of(overview, outcome);
        for end in of_it.iter().take(NAMED) {
            let line = format!("  {word:<13}  {}", told(end));
            let _ = writeln!(out, "{}", cut(&line, width));
        }
        if let Some(more) = more(of_it.len(), NAMED) {
            let _ = writeln!(out, "  {:<13}  {more}", "");
        }
    }
    for (commit, verdict) in overview.flaky.iter().take(NAMED) {
        let line = format!("  {:<13}  {commit}: {}", "flaky", clean(verdict));
        let _ = writeln!(out, "{}", cut(&line, width));
    }
    let _ = writeln!(out, "  {:<13}  {}", "altogether", total(overview));
    out
}

/// Returns the summary for a page of a forge, with what else there is to say.
pub(crate) fn markdown(overview: &Overview, accounts: &[String]) -> String {
    let mut out = String::new();
    let command = overview
        .outset
        .as_ref()
        .map_or("run", |outset| outset.command.as_str());
    let _ = writeln!(out, "### piton {}", escaped(command));
    let _ = writeln!(out);
    let ending = overview.end.as_ref().map_or("not ended", |end| {
        end.summary.as_deref().unwrap_or(end.status.as_str())
    });
    let _ = writeln!(out, "{}: {}.", escaped(ending), total(overview));
    if !overview.actions.is_empty() {
        let _ = writeln!(out, "\n| outcome | what | | took | cost |");
        let _ = writeln!(out, "|---|---|---|---|---|");
    }
    for outcome in ORDER {
        let word = outcome.as_str();
        let of_it = of(overview, outcome);
        for end in of_it.iter().take(LISTED) {
            let _ = writeln!(
                out,
                "| {word} | {} {} | {} | {} | {} |",
                end.kind,
                escaped(&end.target),
                escaped(first_line(&end.summary)),
                lasted(Duration::from_millis(end.duration_ms)),
                end.cost_usd.map(dollars).unwrap_or_default(),
            );
        }
        if let Some(more) = more(of_it.len(), LISTED) {
            let _ = writeln!(out, "| {word} | {more} | | | |");
        }
    }
    for text in accounts {
        let _ = writeln!(out, "\n{}.", escaped(text));
    }
    for (commit, verdict) in &overview.flaky {
        let _ = writeln!(out, "\nFlaky on {commit}: {}.", escaped(verdict));
    }
    out
}

/// Returns what all of it took.
pub(crate) fn total(overview: &Overview) -> String {
    let commits = overview.end.as_ref().map_or(0, |end| end.commits);
    let mut parts = vec![counted(commits, "commit"), counted(overview.calls, "call")];
    if let Some(end) = &overview.end {
        parts.push(lasted(Duration::from_millis(end.duration_ms)));
    }
    parts.extend(consumed(
        overview.consumed.usage,
        overview.consumed.cost_usd,
    ));
    parts.join(", ")
}

fn of(overview: &Overview, outcome: ActionOutcome) -> Vec<&ActionEnd> {
    let all = overview.actions.iter();
    all.filter(|end| end.outcome == outcome).collect()
}

fn told(end: &ActionEnd) -> String {
    let target = clean(&end.target);
    match (&end.commit_sha, end.outcome) {
        (Some(commit), _) => {
            let commit: String = commit.chars().take(10).collect();
            format!("{commit}  {} {target}", end.kind)
        }
        (None, ActionOutcome::Landed) => format!("{} {target}", end.kind),
        (None, _) => {
            // The line begins with that word already.
            let why = first_line(&end.summary);
            let why = clean(why.strip_prefix("failed: ").unwrap_or(why)).into_owned();
            format!("{} {target}: {why}", end.kind)
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn more(count: usize, named: usize) -> Option<String> {
    match count.saturating_sub(named) {
        0 => None,
        more => Some(format!("and {more} more")),
    }
}

pub(crate) fn counted(count: u32, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// Text from outside, as text and nothing else in a cell of a table.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '@' | '~'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use piton_loop::runs::{ActionKind, Consumed, FinalStatus, RunEnd};

    use super::*;

    fn end(outcome: ActionOutcome, target: &str, commit: Option<&str>) -> ActionEnd {
        ActionEnd {
            action: 1,
            kind: ActionKind::Phase,
            target: target.into(),
            outcome,
            summary: "validation is red (exit code 1)\nand more".into(),
            commit_sha: commit.map(str::to_owned),
            work: None,
            failure_kind: None,
            usage: None,
            cost_usd: Some(0.5),
            duration_ms: 61_000,
        }
    }

    fn overview() -> Overview {
        Overview {
            end: Some(RunEnd {
                status: FinalStatus::Completed,
                summary: Some("the number of actions is reached (2)".into()),
                calls: 3,
                commits: 1,
                usage: None,
                cost_usd: Some(1.0),
                duration_ms: 125_000,
            }),
            actions: vec![
                end(ActionOutcome::Failed, "tidy|<b>", None),
                end(
                    ActionOutcome::Landed,
                    "tidy/one.md",
                    Some("0123456789abcdef"),
                ),
            ],
            calls: 3,
            consumed: Consumed {
                usage: None,
                cost_usd: Some(1.0),
            },
            ..Overview::default()
        }
    }

    #[test]
    fn what_landed_is_told_first_and_then_what_needs_somebody() {
        assert_eq!(
            lines(&overview(), 72),
            "  landed         0123456789  phase tidy/one.md\n  \
             failed         phase tidy|<b>: validation is red (exit code 1)\n  \
             altogether     1 commit, 3 calls, 2 min 5 s, $1.00\n"
        );
        let told = lines(&overview(), 40);
        for line in told.lines().filter(|line| !line.contains("altogether")) {
            assert!(piton_base::terminal::columns(line) <= 40, "{line}");
        }
    }

    #[test]
    fn markdown_holds_text_from_outside_as_text() {
        let accounts = ["$1.00 for 50 accepted lines".to_owned()];
        let page = markdown(&overview(), &accounts);
        assert!(page.ends_with("\n$1.00 for 50 accepted lines.\n"), "{page}");
        assert!(
            page.contains("the number of actions is reached (2): 1 commit"),
            "{page}"
        );
        assert!(page.contains("| failed | phase tidy\\|\\<b\\> |"), "{page}");
        assert!(!page.contains("and more"), "{page}");
    }

    #[test]
    fn of_many_alike_a_few_are_named() {
        let mut many = overview();
        many.actions = vec![end(ActionOutcome::Unchanged, "x", None); 11];
        let told = lines(&many, 80);
        assert_eq!(told.lines().count(), NAMED + 2);
        assert!(told.contains("and 3 more"), "{told}");
        many.actions = vec![end(ActionOutcome::Unchanged, "x", None); LISTED + 4];
        assert!(markdown(&many, &[]).contains("| unchanged | and 4 more | | | |"));
    }
}
