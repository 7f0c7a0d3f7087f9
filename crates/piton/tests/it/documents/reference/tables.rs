//! The tables of the reference: exit codes, settings, environment variables.

use std::fmt::Write as _;

use piton::VARIABLES;

/// Returns how a command can end.
pub(super) fn exit_codes() -> String {
    let mut text = String::from(
        "\n## Exit codes\n\nWith `--json` the same number is in the document, as `exit`.\n\n\
         | code | meaning |\n|---|---|\n",
    );
    for (code, meaning) in piton::exit_codes() {
        let _ = writeln!(text, "| {code} | {meaning} |");
    }
    text
}

/// Returns what can be set.
pub(super) fn settings() -> String {
    let mut text = String::from(
        "\n## Settings\n\nWhere they are written, and which of several counts: \
         [configuration](configuration.md). Each has an environment variable: \
         its name in capitals after `PITON_`, with `_` for `.` and `-`.\n\n\
         | key | value | default | what it is |\n|---|---|---|---|\n",
    );
    for setting in piton::settings() {
        let default = setting
            .default
            .map_or("none".to_owned(), |value| format!("`{value}`"));
        let _ = writeln!(
            text,
            "| `{}` | {} | {default} | {} |",
            setting.name, setting.value, setting.describes
        );
    }
    text
}

/// Returns which variables piton reads.
pub(super) fn variables() -> String {
    let mut text = String::from(
        "\n## Environment variables\n\nBeside those of the settings:\n\n\
         | variable | what it does |\n|---|---|\n",
    );
    for (name, describes) in VARIABLES {
        let _ = writeln!(text, "| `{name}` | {describes} |");
    }
    text
}
