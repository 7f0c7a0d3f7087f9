//! Every setting with a name of its own: its key, kind, default and meaning in
//! one place, from which come the list of them and how programs ask for one.

use super::value::Kind;

/// One setting: its name in files, and what it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) default: Option<&'static str>,
    pub(crate) describes: &'static str,
}

/// Hands the settings to another macro: kind, accessor, key, default if there
/// is one, help.
macro_rules! settings {
    ($made:ident) => {
        $made! {
            path migrations_dir "migrations-dir" = "migrations":
                "where live migrations are, from the top of the repository";
            path taste "taste" = ".piton/taste.md":
                "the team's preferences, carried by every prompt";
            path prompts "prompts" = ".piton/prompts":
                "where the repository's own prompt templates are";
            command validation_command "validation-command":
                "the command that says whether the repository is sound; run without a shell";
            duration validation_deadline "validation.deadline" = "1h":
                "how long the validation command may take";
            duration validation_idle_limit "validation.idle-limit" = "10m":
                "how long the validation command may print nothing";
            count validation_attempts "validation.attempts" = "1":
                "how often a red validation is run; red and then green is flaky";
            choice["accept", "refuse"] validation_flaky "validation.flaky" = "accept":
                "whether work is accepted whose validation is flaky";
            choice["on", "loopback", "off"] validation_network "validation.network":
                "what the validation command may reach over the network: all, only itself, or nothing; as seal.network when unset";
            choice["report", "refuse"] validation_dilution "validation.dilution" = "refuse":
                "what happens to work that weakens tests: it is only reported, or refused where \
                 tests were deleted or skipped";
            switch run_route "run.route":
                "whether an agent is asked of each target how far it reaches and whether it \
                 needs a migration; unset: where a migration is not finished";
            choice["wait", "stop"] run_limit "run.limit" = "stop":
                "what a run does at the limit of the agent's provider: it waits until the limit \
                 ends, or stops";
            money run_max_cost_per_day "run.max-cost-per-day":
                "how many dollars all runs of a day may cost, as far as agents report it";
            words notify "notify":
                "the command that gets a JSON document on its standard input when a person is \
                 needed, a run ends or a limit is reached; only in the user's own settings";
            text commit_prefix "commit-prefix" = "piton":
                "how the subjects of piton's commits begin";
            text agent_name "agent.use" = "claude":
                "the agent: claude, codex, gemini, opencode, command, script, or another one";
            text agent_model "agent.model":
                "the model an agent is asked to use; its own default when unset";
            command agent_command "agent.command":
                "program and arguments of the agent `command`";
            placed agent_script "agent.script":
                "the file of replies that the agent `script` plays";
            duration agent_idle_limit "agent.idle-limit" = "5m":
                "how long an agent may be silent before it counts as hung";
            duration agent_deadline "agent.deadline" = "30m":
                "how long one call may take altogether";
            duration agent_result_grace "agent.result-grace" = "10s":
                "how long an agent may stay on after its final result";
            choice["low", "medium", "high", "xhigh"] effort_default "effort.default" = "low":
                "the effort of a call that asks for none";
            choice["low", "medium", "high", "xhigh"] effort_maximum "effort.maximum" = "xhigh":
                "the highest effort that any call is given";
            text slot_dir "slot.dir":
                "where agents work; the user's cache directory when unset";
            words slot_setup "slot.setup":
                "the command that prepares a slot, such as npm ci; run without a shell";
            words slot_setup_inputs "slot.setup-inputs":
                "globs of the files that it depends on; it runs again when one changes";
            size slot_max_new "slot.max-new" = "100MB":
                "how much new content one call may make";
            choice["auto", "require", "off"] seal "seal" = "auto":
                "whether agents and what they wrote run sealed: as far as this machine can, \
                 only sealed, or not";
            choice["on", "loopback", "off"] seal_network "seal.network" = "on":
                "what everything but agents and `slot.setup` may reach over the network";
            choice["own", "shared"] seal_caches "seal.caches" = "own":
                "whose tool caches they use (cargo, npm, pip, go, …): the clone's own, or yours, from which your builds run code";
            words seal_read "seal.read":
                "credential stores that they may read after all, such as ~/.npmrc";
            count runs_keep "runs.keep" = "200":
                "how many run records are kept";
            duration runs_keep_for "runs.keep-for" = "90d":
                "how long run records are kept";
            choice["github-issue", "github-draft-pr", "local"] plans_backend "plans.backend" = "github-issue":
                "where plans are kept: github-issue, github-draft-pr, or local";
            text plans_repository "plans.repository":
                "the repository on GitHub whose plans are meant, OWNER/NAME; this one's when unset";
            path plans_dir "plans.dir" = "plans":
                "where local plans are, from the top of the repository";
            text github_api_url "github.api-url":
                "the address of GitHub's API; only in the user's own settings";
            text ci_install "ci.install":
                "how workflows install piton: a version, a git address with its commit, or an archive with its SHA-256";
            text ci_agent "ci.agent":
                "the agent that carries out dispatched plans: claude@VERSION, codex@VERSION, or one that the runner has";
            text ci_secret "ci.secret":
                "the secret with the agent's key; the variable has the same name, such as ANTHROPIC_API_KEY";
            text traffic_install "traffic.install":
                "the same for the workflow that collects traffic; before ci.install";
            text traffic_branch "traffic.branch":
                "pushes to this branch collect traffic; GitHub's default branch when unset";
            text traffic_schedule "traffic.schedule":
                "when traffic is collected, as a cron line; twice a day when unset";
        }
    };
}
pub(super) use settings;

macro_rules! table {
    ($($kind:ident $([$($choice:literal),+])? $accessor:ident $key:literal $(= $default:literal)?:
        $help:literal;)*) => {
        /// All of them, in the order they are shown.
        pub(crate) const KNOWN: &[Known] = &[$(Known {
            name: $key,
            kind: kind!($kind $($($choice),+)?),
            default: default!($($default)?),
            describes: $help,
        }),*];
    };
}

macro_rules! kind {
    (text) => { Kind::Text };
    (placed) => { Kind::Text };
    (path) => { Kind::RepoPath };
    (words) => { Kind::Words };
    (command) => { Kind::Words };
    (duration) => { Kind::Duration };
    (count) => { Kind::Count };
    (size) => { Kind::Size };
    (money) => { Kind::Money };
    (switch) => { Kind::Switch };
    (choice $($choice:literal),+) => { Kind::Choice(&[$($choice),+]) };
}

macro_rules! default {
    () => {
        None
    };
    ($default:literal) => {
        Some($default)
    };
}

settings!(table);
