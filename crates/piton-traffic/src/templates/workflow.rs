//! The workflow that collects.

use super::{WORKFLOW_NAME, seal, stamp};
use crate::install::Install;

/// What the workflow is made of.
#[derive(Clone, Debug)]
pub struct Trigger<'a> {
    pub(crate) branch: &'a str,
    /// A cron line.
    pub(crate) schedule: &'a str,
    /// The names of workflows whose end starts a collection.
    pub(crate) ci_workflows: &'a [String],
    pub(crate) secret: &'a str,
    pub(crate) install: &'a Install,
}

const TEMPLATE: &str = "\
# {{stamp}}
#
# Collects the traffic of this repository into two gists, for longer than
# GitHub keeps it. It checks nothing out: a checkout would count as a clone.
name: {{name}}
run-name: ${{ inputs.distinct_id && format('{{name}} {0}', inputs.distinct_id) || '{{name}}' }}

on:
  schedule:
    - cron: {{cron}}
  workflow_dispatch:
    inputs:
      distinct_id:
        description: Tells a run that piton started from all others
        required: false
        type: string
  push:
    branches:
      - {{branch}}
{{ci}}
permissions: {}

concurrency:
  group: traffic-collection
  cancel-in-progress: false

jobs:
  collect:
    name: Collect
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      # GitHub switches a schedule off after 60 quiet days; the last step
      # switches it on again.
      actions: write
    steps:
      - name: Install piton
        run: |
{{install}}
      - name: Collect
        env:
          GH_TOKEN: ${{ secrets.{{secret}} }}
          TRAFFIC_GIST_ID: ${{ vars.TRAFFIC_GIST_ID }}
          TRAFFIC_ARCHIVE_GIST_ID: ${{ vars.TRAFFIC_ARCHIVE_GIST_ID }}
        run: |
          set -o pipefail
          piton traffic collect --markdown | tee -a \"$GITHUB_STEP_SUMMARY\"
      - name: Keep the schedule on
        if: ${{ !cancelled() }}
        env:
          GH_TOKEN: ${{ github.token }}
        run: gh api --method PUT \"repos/$GITHUB_REPOSITORY/actions/workflows/traffic-badges.yml/enable\"
";

/// Renders the workflow. The same values always give the same bytes.
pub fn workflow(trigger: &Trigger<'_>) -> String {
    let ci = if trigger.ci_workflows.is_empty() {
        String::new()
    } else {
        let names = trigger
            .ci_workflows
            .iter()
            .map(|name| format!("      - {}\n", quoted(name)));
        // Nothing of the run that ended is looked at: it only says when.
        format!(
            "  workflow_run: # zizmor: ignore[dangerous-triggers] nothing of that run is used\n    workflows:\n{}    types:\n      - completed\n",
            names.collect::<String>()
        )
    };
    let install = trigger.install.shell();
    let install: Vec<String> = install
        .lines()
        .map(|line| format!("          {line}"))
        .collect();
    seal(&fill(&[
        ("stamp", &stamp("workflow", &workflow_pristine())),
        ("name", WORKFLOW_NAME),
        ("cron", &quoted(trigger.schedule)),
        ("branch", &quoted(trigger.branch)),
        ("ci", &ci),
        ("install", &install.join("\n")),
        ("secret", trigger.secret),
    ]))
}

/// The digest of the template.
pub(super) fn workflow_pristine() -> String {
    piton_base::Digest::of(TEMPLATE.as_bytes()).hex()
}

/// Replaces each `{{name}}` that is known; GitHub's own `${{ … }}` stay.
fn fill(values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let known = values
            .iter()
            .find_map(|(name, value)| Some((value, after.strip_prefix(name)?.strip_prefix("}}")?)));
        if let Some((value, after)) = known {
            out.push_str(value);
            rest = after;
        } else {
            out.push_str("{{");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A YAML scalar in double quotes, which are JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Twice a day, at an odd minute that follows from the repository's name: all
/// who track must not come at once.
pub fn default_schedule(repository: &str) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in repository.to_lowercase().bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let minute = (hash % 30) * 2 + 1;
    let hour = (hash / 30) % 12;
    format!("{minute} {hour},{} * * *", hour + 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(ci: &[&str]) -> String {
        let ci: Vec<String> = ci.iter().map(|name| (*name).to_owned()).collect();
        workflow(&Trigger {
            branch: "main",
            schedule: "7 3,15 * * *",
            ci_workflows: &ci,
            secret: "TRAFFIC_GIST_TOKEN",
            install: &"0.1.0".parse().unwrap(),
        })
    }

    #[test]
    fn the_trigger_of_ci_is_active_where_ci_is_named_and_absent_where_not() {
        let text = rendered(&["CI", "Build \"all\": x"]);
        assert!(text.contains("\n  workflow_run:"), "{text}");
        assert!(text.contains("      - \"Build \\\"all\\\": x\"\n"));
        assert!(!rendered(&[]).contains("workflow_run"));
        assert!(
            rendered(&[]).contains("\n\npermissions: {}\n"),
            "{}",
            rendered(&[])
        );
    }

    #[test]
    fn the_secret_of_that_name_is_the_one_that_is_read() {
        let install = "0.1.0".parse().unwrap();
        let text = workflow(&Trigger {
            branch: "trunk",
            schedule: "1 2 * * *",
            ci_workflows: &[],
            secret: "OTHER",
            install: &install,
        });
        assert!(text.contains("GH_TOKEN: ${{ secrets.OTHER }}"));
        assert!(text.contains("- \"trunk\""));
        assert!(
            !text.contains("actions/checkout"),
            "a checkout would count as a clone"
        );
    }

    #[test]
    fn schedules_are_odd_twice_a_day_and_spread() {
        let mut minutes = std::collections::BTreeSet::new();
        for n in 0..200 {
            let cron = default_schedule(&format!("acme/w{n}"));
            let minute: u32 = cron.split(' ').next().unwrap().parse().unwrap();
            assert!(minute % 2 == 1 && minute < 60, "{cron}");
            minutes.insert(minute);
        }
        assert!(minutes.len() > 20);
        assert_eq!(default_schedule("Acme/W"), default_schedule("acme/w"));
    }
}
