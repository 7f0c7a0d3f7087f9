//! Running piton with an eye on its calls, to kill it at one of them or to let
//! the disk fail there.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use piton_selftest::trace::{End, Fault, Point, Verdict, Watch, trace};

use crate::env::TestEnv;

const LIMIT: Duration = Duration::from_secs(60);

/// Runs piton, and at its calls in the repository asks what shall be done.
pub(crate) fn struck(
    env: &TestEnv,
    args: &[&str],
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> End {
    struck_at(env, Watch::Writes, args, decide)
}

pub(crate) fn struck_at(
    env: &TestEnv,
    watch: Watch,
    args: &[&str],
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> End {
    struck_below(env, env.path(), watch, args, decide)
}

/// The same at its calls below any directory, as that of the slots.
pub(crate) fn struck_below(
    env: &TestEnv,
    root: &Path,
    watch: Watch,
    args: &[&str],
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> End {
    let mut command = env.command(&["--non-interactive", "--yes"]);
    command.args(args);
    struck_command(env, (root, watch), command, decide)
}

/// The same of a command that a test made itself, as one that finds a GitHub.
pub(crate) fn struck_command(
    env: &TestEnv,
    (root, watch): (&Path, Watch),
    mut command: Command,
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> End {
    let root = root.canonicalize().unwrap();
    let said = std::fs::File::create(env.home.path().join("said")).unwrap();
    command.stdout(said.try_clone().unwrap()).stderr(said);
    trace(&mut command, &root, watch, LIMIT, decide)
        .unwrap()
        .end
}

/// Runs piton and kills it, and all that it started, at the first call that is
/// meant.
pub(crate) fn killed_at(env: &TestEnv, args: &[&str], meant: impl Fn(&Point) -> bool) {
    let mut hit = false;
    let end = struck(env, args, &mut |point| {
        if !hit && meant(point) {
            hit = true;
            return Verdict::Kill;
        }
        Verdict::Go
    });
    assert_eq!(end, End::Killed, "{args:?} has no such call");
}

/// Runs piton on a disk that fails the first call that is meant, and no other.
pub(crate) fn failed_at(
    env: &TestEnv,
    args: &[&str],
    mut meant: impl FnMut(&Point) -> bool,
) -> End {
    let mut hit = false;
    let end = struck_at(env, Watch::Opens, args, &mut |point| {
        if !hit && meant(point) {
            hit = true;
            return Verdict::Fail(Fault::InputOutput);
        }
        Verdict::Go
    });
    assert!(hit, "{args:?} has no such call: {}", said(env));
    end
}

pub(crate) fn said(env: &TestEnv) -> String {
    std::fs::read_to_string(env.home.path().join("said")).unwrap()
}

/// Whether a call gives a file this name.
pub(crate) fn names(point: &Point, name: &str) -> bool {
    let named = point.other.as_ref().unwrap_or(&point.path);
    point.call.starts_with("rename") && named.ends_with(name)
}
