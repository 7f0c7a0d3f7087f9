//! Runs what the documents show.
//!
//! A block that opens with ```` ```console ```` holds commands (`$ piton …`,
//! continued with `> `) and what they print, both streams together; `[exit 3]`
//! stands at the end of one that does not end with 0. All blocks of a document
//! run in turn in one directory, with an empty home and a stand-in for Claude
//! Code. `…` leaves out text or lines; times, commits and names of runs are
//! not compared. With `INSTA_UPDATE=always` what no longer fits is written anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::kept::{keep, project};
use super::masks::{fits, settled};

const OPENS: &str = "```console";
const CLOSES: &str = "```";

/// What a reader's repository holds, in `tally`.
const PROJECT: [(&str, &str); 2] = [
    (
        "tally/tally.sh",
        "tr -s ' ' '\\n' | sort | uniq -c | sort -rn\n",
    ),
    (
        "tally/test.sh",
        "printf 'b a b' | sh tally.sh | tr -s ' \\n' ' ' | grep -q '^ 2 b 1 a'\n",
    ),
];

/// What a document is run in.
struct Stage {
    root: tempfile::TempDir,
    here: PathBuf,
}

impl Stage {
    fn new(files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let top = root.path().canonicalize().unwrap();
        let stage = Self {
            here: top.join("me"),
            root,
        };
        std::fs::create_dir_all(top.join("bin")).unwrap();
        std::fs::create_dir_all(top.join("me/.config/piton")).unwrap();
        stage.program("claude", include_str!("claude.sh"));
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_piton"), top.join("bin/piton")).unwrap();
        // The stand-in takes its orders from the environment and prints plainly.
        std::fs::write(
            top.join("me/.config/piton/config.toml"),
            "[agents.claude]\narguments = []\neffort-arguments = []\nmodel-arguments = []\n\
             schema-arguments = []\nstream = \"plain\"\n",
        )
        .unwrap();
        std::fs::write(
            top.join("me/.gitconfig"),
            "[user]\nname = A Reader\nemail = reader@example.com\n[init]\ndefaultBranch = main\n",
        )
        .unwrap();
        let mut stage = stage;
        for (path, text) in files {
            let path = stage.here.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        if !files.is_empty() {
            stage.run("cd tally");
            stage.run("git init --quiet && git add -A && git commit --quiet -m 'A word counter'");
        }
        stage
    }

    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.root.path().join("bin").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a command line and returns the lines of both streams.
    fn run(&mut self, line: &str) -> Vec<String> {
        if let Some(dir) = line.strip_prefix("cd ") {
            self.here = self.here.join(dir.trim());
            return Vec::new();
        }
        let top = self.root.path().canonicalize().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{line}")])
            .current_dir(&self.here)
            .env_clear()
            .env("PATH", format!("{}:{path}", top.join("bin").display()))
            .env("HOME", top.join("me"))
            .env("TMPDIR", &top)
            .env("COLUMNS", "80")
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let text = text.replace(&top.join("me").display().to_string(), "/home/me");
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| line.trim_end().to_owned())
            .filter(|line| !line.starts_with("validations are "))
            .collect();
        match output.status.code() {
            Some(0) => {}
            code => lines.push(format!("[exit {}]", code.unwrap_or(-1))),
        }
        lines
    }
}

/// Runs every block of a document and returns the document with what they
/// print in place of what does not fit.
fn run(text: &str, stage: &mut Stage) -> String {
    let mut made = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let _ = writeln!(made, "{line}");
        if line != OPENS {
            continue;
        }
        while let Some(line) = lines.next() {
            let _ = writeln!(made, "{line}");
            if line == CLOSES {
                break;
            }
            let Some(command) = line.strip_prefix("$ ") else {
                panic!("`{line}` is no command; each block begins with one");
            };
            let mut command = command.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("> ")) {
                let _ = writeln!(made, "{more}");
                let _ = write!(command, "\n{}", &more[2..]);
            }
            let mut shown = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ") && *line != CLOSES)
            {
                shown.push(line.to_owned());
            }
            let printed = stage.run(&command);
            // An empty line before the next command is there for the eye.
            let eased = shown.last().is_some_and(String::is_empty);
            let told = &shown[..shown.len() - usize::from(eased)];
            let settled: Vec<String> = printed.iter().map(|line| settled(line)).collect();
            let right = if fits(told, &printed) {
                told.to_vec()
            } else {
                renewed(told, &settled)
            };
            for line in &right {
                let _ = writeln!(made, "{line}");
            }
            if eased {
                made.push('\n');
            }
        }
    }
    made
}

/// Returns what is to be shown instead: where something was left out before,
/// what still fits of the rest, and else all that was printed.
fn renewed(told: &[String], printed: &[String]) -> Vec<String> {
    let is_gap = |line: &String| line.trim() == "…";
    let mut kept: Vec<String> = told
        .iter()
        .filter(|line| {
            is_gap(line)
                || printed
                    .iter()
                    .any(|one| fits(&[(*line).clone()], std::slice::from_ref(one)))
        })
        .cloned()
        .collect();
    if kept.iter().all(is_gap) {
        return printed.to_vec();
    }
    kept.push("…".to_owned());
    if fits(&kept, printed) {
        kept
    } else {
        printed.to_vec()
    }
}

#[track_caller]
fn check(document: &str, files: &[(&str, &str)]) {
    let text = std::fs::read_to_string(Path::new(&project(document))).unwrap();
    let mut stage = Stage::new(files);
    keep(document, &run(&text, &mut stage));
}

#[test]
fn the_readme_works_as_printed() {
    check("README.md", &PROJECT);
}

#[test]
fn the_guide_works_as_printed() {
    check("docs/guide.md", &PROJECT);
}

#[test]
fn getting_started_works_as_printed() {
    check("docs/getting-started.md", &[]);
}
