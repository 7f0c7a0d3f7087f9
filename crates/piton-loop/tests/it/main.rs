//! What piton-loop promises, as behaviours.

#![expect(clippy::disallowed_methods, reason = "tests arrange the real world")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod answers;
mod as_script;
mod attempts;
mod briefing;
mod corpus;
mod crashes;
mod deciding;
mod dilution;
mod events;
mod going_back;
mod guard;
mod hand_clock;
mod hooks;
mod misbehaviour;
mod misdeeds;
mod operations;
mod planned;
mod planning;
mod planning_decided;
mod prompts;
mod refusals;
mod retention;
mod runs;
mod sealed;
mod slots;
mod targets;
mod taste;
mod together;
mod toolchains;
mod validation;
mod vectors;
mod work;
mod world;
