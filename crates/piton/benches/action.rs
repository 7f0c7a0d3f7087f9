//! What one whole action of a run costs in processor time, beside the agent and
//! the checks: against a shell script of the git commands that it needs, with
//! the same durability.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark arranges the real world"
)]
#![expect(clippy::print_stdout, reason = "a benchmark's table is its output")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use piton_testkit::ScratchRepo;

const BOUND: f64 = 1.5;
const ACTIONS: u32 = 8;
const ROUNDS: usize = 5;
const IN_A_FOLDER: usize = 500;

/// Once: two places apart, in which work is done and proved.
const PREPARE: &str = "
git worktree add -q --detach $S/slot && git worktree add -q --detach $S/proof";

/// What an action needs of git: the user's tree is looked at before and after
/// the call, the slot is laid out and looked at, the work is staged, committed
/// and laid out to be proved, and it lands.
const ACTION: &str = "
D='-c core.fsync=all -c core.fsyncMethod=fsync'
git -C $S/slot reset --hard -q main
git status --porcelain=v2 -z >$S/before
echo cleaner >>$S/slot/made.rs
git status --porcelain=v2 -z >$S/after
git -C $S/slot add --all
git -C $S/slot $D commit -q --no-verify -m 'a clean-up'
git -C $S/proof reset --hard -q $(cat .git/worktrees/slot/HEAD)
(cd $S/proof && /bin/true)
git $D merge -q --ff-only $(cat .git/worktrees/slot/HEAD)
";

fn main() {
    let mut held = true;
    for files in [10, 100_000] {
        let ours = project(files);
        let theirs = project(files);
        let aside = tempfile::tempdir().expect("a directory");
        let home = tempfile::tempdir().expect("a home");
        let script = home.path().join("script.toml");
        fs::write(&script, SCRIPT).expect("a script");
        shell(theirs.path(), aside.path(), PREPARE);
        let run = |actions: u32| {
            let status = Command::new(env!("CARGO_BIN_EXE_piton"))
                .args(["run", "--globs", "*.rs", "--max-refactors"])
                .args([&actions.to_string(), "--with", "script", "--agent-script"])
                .arg(&script)
                .args(["--validation-command", "true"])
                .current_dir(ours.path())
                .env("HOME", home.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(status.is_ok_and(|status| status.success()));
        };
        // The slots are made.
        run(1);
        let (mut candidate, mut floor) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let one = spent(|| run(1));
            let many = spent(|| run(1 + ACTIONS));
            candidate.push((many - one) / f64::from(ACTIONS));
            floor.push(
                spent(|| {
                    for _ in 0..ACTIONS {
                        shell(theirs.path(), aside.path(), ACTION);
                    }
                }) / f64::from(ACTIONS),
            );
        }
        let (candidate, floor) = (middle(candidate), middle(floor));
        let ratio = candidate / floor;
        let holds = ratio <= BOUND;
        held &= holds;
        println!(
            "one action over {files} tracked files: {candidate:.0} ms, the script {floor:.0} ms, ratio {ratio:.2}, bound {BOUND:.2}  {}",
            if holds { "yes" } else { "NO" }
        );
    }
    assert!(held, "a promise is not kept");
}

const SCRIPT: &str = r#"
[[step]]
role = "refactor"
reply = "done"
[[step.edit]]
base = "cwd"
path = "made.rs"
append = "cleaner\n"
"#;

fn project(files: usize) -> ScratchRepo {
    let scratch = ScratchRepo::new();
    for file in 0..files {
        let folder = scratch.path().join(format!("src/{}", file / IN_A_FOLDER));
        if file % IN_A_FOLDER == 0 {
            fs::create_dir_all(&folder).expect("a folder");
        }
        fs::write(folder.join(format!("{file}.txt")), "").expect("a file");
    }
    for name in 0..20 {
        scratch.write(&format!("f{name}.rs"), "a line\n");
    }
    scratch.write("made.rs", "a line\n");
    scratch.commit_all("a project");
    scratch
}

fn shell(at: &Path, aside: &Path, script: &str) {
    let output = Command::new("sh")
        .args(["-ec", script])
        .current_dir(at)
        .env("S", aside)
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{output:?}");
}

/// Returns how many milliseconds of processor time all processes that ended
/// meanwhile took.
fn spent(work: impl FnOnce()) -> f64 {
    let before = of_children();
    work();
    of_children() - before
}

/// The kernel counts in hundredths of a second.
fn of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, rest) = stat.rsplit_once(')').expect("a name");
    let fields: Vec<f64> = rest
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|field| field.parse().expect("a number"))
        .collect();
    fields.iter().sum::<f64>() * 10.0
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
