//! The page that an agent needs, from the definition of the help.

use std::fmt::Write as _;

use crate::error::Exit;

/// The commands that an agent in a person's session is to know, with what it
/// writes behind them.
const COMMANDS: [(&str, &str); 10] = [
    ("status", ""),
    ("migration new", "--target TEXT"),
    ("migration step", "SLUG --until ready"),
    ("migration show", "SLUG"),
    ("migration review", "SLUG"),
    ("migration refine", "SLUG --message TEXT"),
    ("migration approve", "SLUG"),
    ("migration reject", "SLUG --reason TEXT"),
    ("run", "--focus-on-live-migrations"),
    ("runs show", ""),
];

/// How a command can end that an agent has to tell apart.
const ENDS: [Exit; 7] = [
    Exit::Done,
    Exit::Failed,
    Exit::WaitsForPerson,
    Exit::Authentication,
    Exit::StalePlan,
    Exit::ValidationRed,
    Exit::LimitReached,
];

const HEAD: &str = "\
piton carries a change that is too large for one session: an agent plans it in small steps, \
people review it, then it is carried out phase by phase under the repository's tests. Each \
accepted step is a commit, and a fall goes back to the last one. A small change needs no piton.

";

const RULES: &str = "
- `step`, `refine` and `run` call a coding agent: minutes and money. Ask the person first, run them in the background. Cut off, the same command carries on.
- Approving, rejecting and answering a review is the person's. Show them what is asked; pass on what they say.
- Leave the migrations directory alone: `refine` says what shall change.
- If `PITON_ROLE` is set, piton called you. Do that task, and call no piton.
- `--dry-run` shows what a command would do; `--json` prints one document.
";

/// Returns the page, without a title.
pub(crate) fn page(definition: &clap::Command) -> String {
    let mut page = HEAD.to_owned();
    for (path, arguments) in COMMANDS {
        let line = format!("piton {path} {arguments}");
        let about = about(definition, path);
        let _ = writeln!(page, "- `{}`: {about}", line.trim_end());
    }
    page.push_str(RULES);
    let ends: Vec<String> = Exit::TABLE
        .iter()
        .filter(|(exit, _)| ENDS.contains(exit))
        .map(|(exit, meaning)| format!("{} {meaning}", exit.code()))
        .collect();
    let _ = writeln!(page, "- Exit codes: {}.", ends.join("; "));
    page
}

/// Returns what the help says of a command.
pub(super) fn about(definition: &clap::Command, path: &str) -> String {
    let command = path
        .split(' ')
        .try_fold(definition, |command, name| command.find_subcommand(name));
    command
        .and_then(clap::Command::get_about)
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::definition;

    #[test]
    fn the_page_weighs_less_than_two_kilobytes() {
        let page = page(&definition());
        assert!(page.len() < 2048, "{} bytes", page.len());
    }

    #[test]
    fn every_command_and_option_on_it_is_there() {
        let definition = definition();
        for (path, arguments) in COMMANDS {
            let command = path
                .split(' ')
                .try_fold(&definition, |command, name| command.find_subcommand(name))
                .unwrap_or_else(|| panic!("there is no `piton {path}`"));
            assert!(!about(&definition, path).is_empty(), "{path}");
            for option in arguments.split(' ').filter_map(|w| w.strip_prefix("--")) {
                assert!(
                    command
                        .get_arguments()
                        .any(|arg| arg.get_long() == Some(option)),
                    "`piton {path}` has no --{option}"
                );
            }
        }
    }
}
