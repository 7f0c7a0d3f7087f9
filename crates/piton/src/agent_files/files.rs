//! Which files tell which agent, and where each looks for them.

use clap::ValueEnum;

use super::page::{about, page};

/// The agents whose places are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Agents {
    /// Skills and slash commands of Claude Code, in .claude
    Claude,
    /// Skills of Codex, in .agents/skills, where others look as well
    Codex,
}

/// A file that should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) path: String,
    /// What stands before piton's section in a new file.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Something that a person may ask for by name.
struct Task {
    name: &'static str,
    /// The command of piton's whose help says what it is about.
    about: &'static str,
    hint: &'static str,
    text: &'static str,
}

/// Where a task says what the person wrote behind its name.
const SAID: &str = "{said}";

const TASKS: [Task; 4] = [
    Task {
        name: "start",
        about: "migration new",
        hint: "WHAT SHALL CHANGE",
        text: "\
What shall change: {said}

1. `piton status`: is a migration for this under way already? Then say so and stop.
2. `piton migration new --target \"…\"` with the change in one or two sentences. It says the slug, and calls no agent.
3. Show `piton migration step SLUG --until ready --dry-run` and ask whether to go on: planning calls an agent.
4. `piton migration step SLUG --until ready --non-interactive`, in the background. When it ends with 3, show the person `piton migration review SLUG`.
5. Ready: `piton migration show SLUG` for the person. Carrying it out is `piton run --focus-on-live-migrations`, and theirs to decide.",
    },
    Task {
        name: "show",
        about: "migration show",
        hint: "[SLUG]",
        text: "\
Which one: {said}

Without one, `piton status`. Otherwise `piton migration show SLUG`, and for what went wrong `piton runs show`. Say in a few sentences where it stands, what is next and what waits for the person.",
    },
    Task {
        name: "review",
        about: "migration review",
        hint: "[SLUG]",
        text: "\
Which one: {said}

Without one, `piton migration list --awaiting-review` says what waits. `piton migration review SLUG` shows what is asked. Read the plan and the phases it names, look at the code they are about, and tell the person what you would approve and what not, with reasons. The answer is theirs: `piton migration approve SLUG`, `piton migration refine SLUG --message \"…\"` or `piton migration reject SLUG --reason \"…\"`, as they say.",
    },
    Task {
        name: "refine",
        about: "migration refine",
        hint: "SLUG WHAT TO CHANGE",
        text: "\
Which one, and what to change: {said}

`piton migration refine SLUG --message \"…\"` with the person's words. It records them and then asks an agent for one step; `--record-only` leaves that for later. Afterwards `piton migration show SLUG` says what comes next.",
    },
];

const USE: &str = "Plans large changes of this repository with piton, in small accepted steps, \
and carries them out under its tests. Use it when somebody asks for a migration, a plan, or a \
change too large for one session, or asks where one stands.";

/// Returns the files for one agent.
pub(crate) fn wanted(agent: Agents, definition: &clap::Command) -> Vec<Wanted> {
    let (skill, said) = match agent {
        Agents::Claude => (".claude/skills/piton/SKILL.md", "$ARGUMENTS"),
        Agents::Codex => (
            ".agents/skills/piton/SKILL.md",
            "what the person wrote beside the name of this skill",
        ),
    };
    let mut files = vec![Wanted {
        path: skill.to_owned(),
        head: format!("---\nname: piton\ndescription: {USE}\n---\n\n"),
        body: format!("# piton\n\n{}", page(definition)),
    }];
    files.extend(TASKS.iter().map(|task| {
        let Task { name, hint, .. } = task;
        let about = about(definition, task.about);
        let (path, head) = match agent {
            Agents::Claude => (
                format!(".claude/commands/piton-{name}.md"),
                format!("---\ndescription: \"{about} (piton)\"\nargument-hint: \"{hint}\"\n---\n\n"),
            ),
            Agents::Codex => (
                format!(".agents/skills/piton-{name}/SKILL.md"),
                format!(
                    "---\nname: piton-{name}\ndescription: \"{about} (piton). Only when asked for by name.\"\n---\n\n"
                ),
            ),
        };
        Wanted {
            path,
            head,
            body: format!(
                "{}\n\n`piton prime` says how to use piton.",
                task.text.replace(SAID, said)
            ),
        }
    }));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::definition;

    #[test]
    fn every_command_that_a_task_names_is_there() {
        let definition = definition();
        let all: Vec<Wanted> = [Agents::Claude, Agents::Codex]
            .into_iter()
            .flat_map(|agent| wanted(agent, &definition))
            .collect();
        assert_eq!(all.len(), 10);
        for file in &all {
            assert!(!file.body.contains(SAID), "{}", file.path);
            for line in file
                .body
                .split('`')
                .filter_map(|part| part.strip_prefix("piton "))
            {
                let parsed = definition.clone().try_get_matches_from(
                    ["piton"]
                        .into_iter()
                        .chain(line.split(' ').map(|w| w.trim_matches('"'))),
                );
                assert!(parsed.is_ok(), "{}: piton {line}", file.path);
            }
        }
    }
}
