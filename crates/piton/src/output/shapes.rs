//! The fields of every command's result, in one table.
//!
//! `--json=FIELDS` picks among these, and `docs/json.md` is tested against
//! them; what commands print is tested against the document.

/// What the result of one command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) command: &'static str,
    /// The field that holds the entries, where the result is a list; the
    /// fields are then those of an entry.
    pub(crate) list: Option<&'static str>,
    /// Their names, with blanks between them.
    pub(crate) fields: &'static str,
    /// Whether the result is that of a plan, with all that belongs to one.
    plan: bool,
}

impl Shape {
    /// Returns the shape of a command's result.
    pub(crate) fn of(command: &str) -> Option<&'static Self> {
        SHAPES.iter().find(|shape| shape.command == command)
    }

    /// Returns all the fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        let plan = if self.plan { PLAN } else { "" };
        self.fields
            .split_whitespace()
            .chain(plan.split_whitespace())
    }
}

/// What a plan's result has, whichever command decided it.
const PLAN: &str = "run commit dry_run plan order summary receipts verification verified \
     deviations journal steps";

/// Where a migration stands after what was done.
const STANDS: &str = "slug status next";

const RUN: &str = "run status ending commit commits next plan actions plans agent \
     validation_command migrations";

const fn shows(command: &'static str, fields: &'static str) -> Shape {
    Shape {
        command,
        list: None,
        fields,
        plan: false,
    }
}

const fn lists(command: &'static str, list: &'static str, fields: &'static str) -> Shape {
    Shape {
        command,
        list: Some(list),
        fields,
        plan: false,
    }
}

const fn decides(command: &'static str, fields: &'static str) -> Shape {
    Shape {
        command,
        list: None,
        fields,
        plan: true,
    }
}

/// Every command that prints an envelope with a result.
const SHAPES: &[Shape] = &[
    decides("apply", ""),
    shows("config get", "key value origin"),
    decides("config set", ""),
    shows("config show", "settings agents"),
    shows("demo", "directory migration status phases commits"),
    lists("doctor", "checks", "name status found way_out"),
    decides("init", ""),
    lists(
        "journal list",
        "journals",
        "id command begun status actions settled error",
    ),
    decides("journal resume", ""),
    shows(
        "journal show",
        "id command begun tool status plan order summary receipts verification",
    ),
    decides("man", ""),
    decides("migration approve", STANDS),
    decides("migration archive", STANDS),
    decides("migration delete", STANDS),
    shows("migration diff", "slug from to subject diff"),
    decides("migration doctor", "reports"),
    decides("migration import", STANDS),
    lists(
        "migration list",
        "migrations",
        "slug status cursor phases phases_done awaiting_human_review reason created_at \
         last_touch cooldown_until wake_up_on rejected_because",
    ),
    lists("migration log", "commits", "commit time subject"),
    decides("migration new", STANDS),
    shows("migration open", "slug files"),
    decides("migration refine", STANDS),
    decides("migration reject", STANDS),
    decides("migration rename", STANDS),
    decides("migration reopen", STANDS),
    decides(
        "migration review",
        "slug status next awaiting_human_review reason findings explanation manifest_text \
         plan_text phase_text choices",
    ),
    decides("migration share", STANDS),
    shows(
        "migration show",
        "slug status next eligible current_phase phases planning notes findings digest \
         awaiting_human_review human_review_reason rejected_because created_at last_touch \
         wake_up_on cooldown_until",
    ),
    decides("migration step", STANDS),
    decides("migration undo", STANDS),
    decides("migration wake", STANDS),
    shows(
        "plan check",
        "id kind text length limit raw_blocks yaml_blocks yaml_errors plan_header_found \
         plan_header_valid plan_header_error plan_header_problems plan_header_line \
         plan_header plan_from_comment_len plan_from_comment has_original_plan_section \
         pr_plan_content_len pr_plan_content_is_whole_body pr_plan_content footer_len \
         pr_header passed checks",
    ),
    decides("plan close", ""),
    decides("plan comment", ""),
    decides("plan create", ""),
    decides("plan dispatch", ""),
    shows(
        "plan implement",
        "plan branch run outcome told commit dry_run title digest new_branch base agent \
         validation goes_on",
    ),
    lists(
        "plan list",
        "plans",
        "id title stage state branch run labels url created_at updated_at",
    ),
    lists("plan log", "events", "timestamp event_type metadata"),
    decides("plan prepare", ""),
    decides("plan repair", ""),
    shows(
        "plan resolve",
        "plan_id file reference provider title url created_at synced_at labels objective_id \
         node_ids",
    ),
    shows(
        "plan show",
        "id title stage state url labels assignees author created_at updated_at header \
         problems text",
    ),
    decides("plan submit", ""),
    shows("plan sync", "taken_up plans"),
    decides("plan update", "changed text"),
    shows("prime", "page"),
    decides("prompt copy", ""),
    lists("prompt list", "templates", "name origin"),
    shows("prompt show", "name origin template"),
    shows("run", RUN),
    shows("run-once", RUN),
    lists("runs list", "runs", "run status live summary"),
    decides("runs prune", ""),
    shows("runs show", "run status dir summary calls events"),
    shows(
        "selftest",
        "mode points bad scenarios cut_short changed parts",
    ),
    shows(
        "status",
        "waiting ready planning over running unlanded last_day dispatched disk wrong",
    ),
    decides("taste", "path global stale session"),
    decides("traffic backfill", ""),
    lists("traffic badge", "badges", "name image link"),
    decides("traffic collect", "outcome"),
    decides(
        "traffic create",
        "badge_gist archive_gist dashboard badges open",
    ),
    shows("traffic dashboard", "address"),
    shows("traffic export", "repository columns rows"),
    decides("traffic init", ""),
    lists(
        "traffic list",
        "repositories",
        "repository badge_gist archive_gist directory directory_exists captured_at installs \
         views flags error",
    ),
    decides("traffic remove", ""),
    lists(
        "traffic status",
        "repositories",
        "repository badge_gist archive_gist summary problems",
    ),
    decides("traffic upgrade", ""),
    decides("traffic verify", "repository checks counts"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_table_is_this_one() {
        let rows: Vec<&str> = include_str!("../../../../docs/json.md")
            .lines()
            .skip_while(|line| *line != "<!-- fields -->")
            .filter(|line| line.starts_with("| `"))
            .collect();
        let table: Vec<String> = SHAPES.iter().map(row).collect();
        assert!(
            rows == table,
            "docs/json.md should have:\n{}",
            table.join("\n")
        );
    }

    fn row(shape: &Shape) -> String {
        let list = shape
            .list
            .map_or_else(String::new, |list| format!("`{list}`, each with "));
        let mut fields: Vec<String> = shape
            .fields
            .split_whitespace()
            .map(|name| format!("`{name}`"))
            .collect();
        if shape.plan {
            fields.push("those of a plan".to_owned());
        }
        format!("| `{}` | {list}{} |", shape.command, fields.join(", "))
    }

    #[test]
    fn every_command_stands_there_once_and_in_order() {
        assert!(SHAPES.is_sorted_by(|a, b| a.command < b.command));
    }
}
