//! `piton doctor`: whether the surroundings are fit for work.

use std::fmt::Write as _;

use clap::Args;
use piton_agent::sealing::SealTerms;
use piton_agent::{Agent, Host, Probe};
use piton_base::StateDir;
use piton_git::GitRead;
use serde_json::{Value, json};

use crate::agents;
use crate::config::Settings;
use crate::context::{Context, Place};
use crate::error::Exit;
use crate::output::broken;

/// Check what piton needs: git, agents, the seal, the disk, the terminal
///
/// Each line says what was found and, where something is wrong, what to do.
/// Ends with 1 when piton cannot work here.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton doctor\n  piton doctor --json | jq .result.checks")]
pub(crate) struct DoctorArgs {}

/// How a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Good,
    Warning,
    Wrong,
}

/// One point that was looked at.
struct Check {
    name: String,
    standing: Standing,
    found: String,
    way_out: Option<String>,
}

pub(crate) fn run(context: &Context) -> Exit {
    let mut checks = vec![git(context)];
    let place = context.place();
    checks.push(repository(&place));
    if let Ok(place) = &place {
        checks.push(identity(place));
        checks.push(disk(place));
    }
    let settings = match &place {
        Ok(place) => Some(place.settings.clone()),
        Err(_) => context.settings(None).ok(),
    };
    if let Some(settings) = &settings {
        checks.extend(agent_checks(context, settings, place.as_ref().ok()));
    }
    checks.push(seal());
    checks.push(terminal(context));
    let wrong = checks.iter().any(|check| check.standing == Standing::Wrong);
    let exit = if wrong { Exit::Failed } else { Exit::Done };
    if context.out.json_wanted() {
        let rows: Vec<Value> = checks.iter().map(Check::json).collect();
        context.out.json(json!({"checks": rows}));
    } else {
        let width = context.out.width();
        let text: String = checks.iter().map(|check| check.text(width)).collect();
        context.out.data(&text);
    }
    exit
}

impl Check {
    fn new(name: impl Into<String>, standing: Standing, found: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            standing,
            found: found.into(),
            way_out: None,
        }
    }

    fn good(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(name, Standing::Good, found)
    }

    fn warning(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(name, Standing::Warning, found)
    }

    fn wrong(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(name, Standing::Wrong, found)
    }

    fn way_out(mut self, way_out: impl Into<String>) -> Self {
        self.way_out = Some(way_out.into());
        self
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "status": self.standing.word(),
            "found": self.found,
            "way_out": self.way_out,
        })
    }

    fn text(&self, width: usize) -> String {
        let found = piton_base::terminal::clean(&self.found);
        let head = format!("{:<8} {:<12} ", self.standing.word(), self.name);
        let indent = " ".repeat(head.chars().count());
        let room = width.saturating_sub(indent.len()).max(20);
        let way_out = self.way_out.as_deref().unwrap_or_default();
        let lines = broken(&found, room)
            .into_iter()
            .chain(broken(way_out, room));
        let mut text = String::new();
        for (line, before) in lines.zip(std::iter::once(&*head).chain(std::iter::repeat(&*indent)))
        {
            let _ = writeln!(text, "{before}{line}");
        }
        text
    }
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Wrong => "error",
        }
    }
}

fn git(context: &Context) -> Check {
    match piton_git::version(&context.directory) {
        Ok(version) if too_old(&version) => Check::warning("git", version)
            .way_out("piton is tried with git 2.38 and later; upgrade it"),
        Ok(version) => Check::good("git", version),
        Err(error) => {
            Check::wrong("git", error.to_string()).way_out("install git and put it on the PATH")
        }
    }
}

fn too_old(version: &str) -> bool {
    let mut numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version < (2, 38)
}

fn repository(place: &Result<Place, crate::error::CommandError>) -> Check {
    match place {
        Ok(place) => {
            let top = place.top().display().to_string();
            match place.repository.head() {
                Ok(Some(_)) => Check::good("repository", top),
                Ok(None) => Check::wrong("repository", format!("{top}, without a commit"))
                    .way_out("make a first commit; agents work on what is committed"),
                Err(error) => Check::wrong("repository", error.to_string()),
            }
        }
        Err(error) => Check::wrong("repository", error.on_one_line()).way_out(error.way_out()),
    }
}

fn identity(place: &Place) -> Check {
    match place.repository.identity() {
        Ok(name) => Check::good("identity", name),
        Err(error) => {
            let again = "put right what git says; `git var GIT_AUTHOR_IDENT` tells when it is";
            let way_out = error.hint().unwrap_or_else(|| again.to_owned());
            Check::wrong("identity", error.to_string()).way_out(way_out)
        }
    }
}

fn disk(place: &Place) -> Check {
    const NFS: i128 = 0x6969;
    const SMB: [i128; 3] = [0x517b, 0xff53_4d42, 0xfe53_4d42];
    const FUSE: i128 = 0x6573_5546;
    let path = place.repository.common_dir();
    let kind = rustix::fs::statfs(path).map(|stat| i128::from(stat.f_type));
    let at = path.display();
    match kind {
        Ok(kind) if kind == NFS || SMB.contains(&(kind & 0xffff_ffff)) => {
            Check::warning("file system", format!("{at} is on a network"))
                .way_out("locks and syncing may not work there; use a local disk")
        }
        Ok(kind) if kind == FUSE => Check::warning(
            "file system",
            format!("{at} is on a file system in user space"),
        )
        .way_out("a power cut may lose something there; use a local disk"),
        Ok(_) => Check::good("file system", format!("{at} is on a local disk")),
        Err(error) => Check::warning("file system", error.to_string()),
    }
}

/// The agent that is configured, and the others that are there.
fn agent_checks(context: &Context, settings: &Settings, place: Option<&Place>) -> Vec<Check> {
    let chosen = settings.agent_name().to_owned();
    let mut names = vec![chosen.clone()];
    names.extend(
        ["claude", "codex"]
            .into_iter()
            .filter(|name| *name != chosen)
            .map(str::to_owned),
    );
    let top = place.map_or(context.directory.as_path(), Place::top);
    let state = place.map_or_else(
        || StateDir::at(&context.environment.temporary()),
        Place::state,
    );
    names
        .into_iter()
        .map(|name| {
            let is_chosen = name == chosen;
            let mut agent = agents::chosen(settings, &context.directory, top);
            if !is_chosen {
                agent.name.clone_from(&name);
                (agent.command, agent.script) = (None, None);
            }
            let label = format!("agent {name}");
            match agents::agent(&agent, context, settings, &state, &SealTerms::off()) {
                Ok(made) => probed(context, label, &name, is_chosen, &*made),
                Err(error) => Check::new(label, unless_chosen(is_chosen), error.to_string())
                    .way_out(
                        "`piton config show` lists the settings; see `piton config set agent.use`",
                    ),
            }
        })
        .collect()
}

/// What is wrong with an agent that nobody chose is worth a warning.
const fn unless_chosen(is_chosen: bool) -> Standing {
    if is_chosen {
        Standing::Wrong
    } else {
        Standing::Warning
    }
}

fn probed(
    context: &Context,
    label: String,
    name: &str,
    is_chosen: bool,
    agent: &dyn Agent,
) -> Check {
    match agent.probe() {
        Probe::Missing { program, advice } => {
            let found = format!("the program {program} was not found");
            if is_chosen {
                Check::wrong(label, found).way_out(advice)
            } else {
                Check::good(label, format!("{found}; it is not configured"))
            }
        }
        Probe::Ready { version, warning } => {
            let version =
                version.map_or_else(|| "its version is unknown".to_owned(), |it| it.to_string());
            let signed_in = signed_in(context, name);
            match (signed_in, warning) {
                (Some(false), _) => Check::new(
                    label,
                    unless_chosen(is_chosen),
                    format!("{version}, probably not signed in"),
                )
                .way_out(piton_agent::adapter::sign_in(name)),
                (_, Some(warning)) => Check::warning(label, version).way_out(warning),
                (Some(true), None) => Check::good(label, format!("{version}, signed in")),
                (None, None) => Check::good(label, version),
            }
        }
    }
}

/// Tells whether an agent has what it signs in with; `None` where piton does
/// not know how it does.
fn signed_in(context: &Context, name: &str) -> Option<bool> {
    let host = Host::new(context.environment.raw());
    let set = |names: &[&str]| names.iter().any(|name| host.variable(name).is_some());
    let home = context.environment.home();
    let file = |variable: &str, folder: &str, file: &str| {
        let folder = match host.variable(variable) {
            Some(folder) => Some(std::path::PathBuf::from(folder)),
            None => home.as_ref().map(|home| home.join(folder)),
        };
        folder.is_some_and(|folder| folder.join(file).is_file())
    };
    match name {
        "claude" => Some(
            set(&[
                "ANTHROPIC_API_KEY",
                "ANTHROPIC_AUTH_TOKEN",
                "CLAUDE_CODE_OAUTH_TOKEN",
            ]) || set(&["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"])
                || file("CLAUDE_CONFIG_DIR", ".claude", ".credentials.json"),
        ),
        "codex" => Some(
            set(&["OPENAI_API_KEY", "CODEX_API_KEY"]) || file("CODEX_HOME", ".codex", "auth.json"),
        ),
        _ => None,
    }
}

fn seal() -> Check {
    let support = piton_seal::Support::observe(piton_seal::Network::default());
    match piton_seal::Standing::decide(
        piton_seal::Wanted::default(),
        piton_seal::Network::default(),
        support,
    ) {
        Ok(standing) if standing.is_sealed() => {
            Check::good("seal", "agents and validation can be sealed here")
        }
        Ok(_) => Check::warning("seal", "this system cannot seal agents")
            .way_out("agents run with your own rights; a Linux of 5.13 or later can seal them"),
        Err(refused) => Check::warning("seal", refused.to_string()),
    }
}

fn terminal(context: &Context) -> Check {
    let out = &context.out;
    let found = if context.interactive() {
        let colour = if out.colors_stdout() {
            "colour"
        } else {
            "no colour"
        };
        format!("{} columns, {colour}; questions are asked", out.width())
    } else {
        "none; nothing is asked, answers come from flags".to_owned()
    };
    Check::good("terminal", found)
}
