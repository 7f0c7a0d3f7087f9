//! The command line as a whole: global options, the list of commands.

mod help;
mod reading;
mod usage;

use clap::{Parser, Subcommand};

use crate::commands;
use crate::context::global::GlobalArgs;

pub use reading::definition;
pub(crate) use reading::understand;

/// Durable, trustworthy plans for coding agents
///
/// piton carries large changes to a repository from an idea to landed commits
/// without ever losing a step. Every command that changes anything decides a
/// plan first; `--dry-run` prints that very plan.
#[derive(Debug, Parser)]
#[command(
    name = "piton",
    version = env!("PITON_VERSION"),
    max_term_width = 100,
    after_help = "\
Examples:
  piton demo                                  see it work, on a scratch project
  piton init                                  set piton up in this repository
  piton init --dry-run                        what that would do
  piton migration new --target \"split the parser\"
  piton migration step SLUG --until ready     plan it, step by step
  piton run --focus-on-live-migrations        carry out what is planned
  piton migration list"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Every command of the program. Its line for the help of the whole program
/// stands here, since what a command takes is only looked up for the one that
/// is named.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Set piton up in this repository
    Init(commands::init::InitArgs),
    /// Show what is ready, what is planned, what waits for you and what runs
    Status(commands::status::StatusArgs),
    /// Check what piton needs: git, agents, the seal, the disk, the terminal
    Doctor(commands::doctor::DoctorArgs),
    #[command(subcommand)]
    Config(commands::config::ConfigCommand),
    #[command(subcommand)]
    Migration(commands::migration::MigrationCommand),
    #[command(subcommand)]
    Prompt(commands::prompt::PromptCommand),
    /// Carry out what is planned, and clean up, action by action
    Run(Box<commands::run::RunArgs>),
    /// Do the one next thing: a planning step, a phase, or a clean-up
    RunOnce(Box<commands::run::RunOnceArgs>),
    #[command(subcommand)]
    Runs(commands::runs::RunsCommand),
    /// Show where the team's taste is, or write it with an agent
    Taste(commands::taste::TasteArgs),
    #[command(subcommand)]
    Plan(commands::plan::PlanCommand),
    /// Report what happened to a stored plan (for agents and CI jobs)
    Exec(commands::exec::ExecArgs),
    #[command(subcommand)]
    Traffic(commands::traffic::TrafficCommand),
    /// Perform a plan that `--plan-out` saved
    Apply(commands::apply::ApplyArgs),
    #[command(subcommand)]
    Journal(commands::journal::JournalCommand),
    /// Print the page that an agent needs to work with piton
    Prime(commands::prime::PrimeArgs),
    /// Plan and carry out a small migration, and see what a fall costs
    Demo(commands::demo::DemoArgs),
    /// Try on this machine what piton promises
    Selftest(commands::selftest::SelftestArgs),
    /// Print what makes a shell complete piton
    Completions(commands::completions::CompletionsArgs),
    /// Write a man page for every command into a directory
    Man(commands::man::ManArgs),
}

impl Command {
    /// Whether it prints something else than the answer of a command.
    pub(crate) fn prints_its_own(&self) -> bool {
        match self {
            Self::Exec(args) => !args.rehearses(),
            Self::Completions(_) => true,
            Self::Init(_)
            | Self::Status(_)
            | Self::Doctor(_)
            | Self::Config(_)
            | Self::Migration(_)
            | Self::Prompt(_)
            | Self::Run(_)
            | Self::RunOnce(_)
            | Self::Runs(_)
            | Self::Taste(_)
            | Self::Plan(_)
            | Self::Traffic(_)
            | Self::Apply(_)
            | Self::Journal(_)
            | Self::Prime(_)
            | Self::Demo(_)
            | Self::Selftest(_)
            | Self::Man(_) => false,
        }
    }
}
