//! Where a document is run: an empty home, a small repository, a script in
//! Claude's place, and, where the document tells of one, a fake GitHub.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use piton_testkit::forge::FakeGitHub;

/// What a reader's repository holds, in `tally`.
const PROJECT: [(&str, &str); 3] = [
    ("tally.sh", "tr -s ' ' '\\n' | sort | uniq -c | sort -rn\n"),
    (
        "test.sh",
        "printf 'b a b' | sh tally.sh | tr -s ' \\n' ' ' | grep -q '^ 2 b 1 a'\n",
    ),
    (".gitignore", ".impl/\n"),
];

/// A plan's body, as erk makes it.
const BODY: &str = "\
<!-- erk:metadata-block:plan-header -->
<details>
<summary><code>plan-header</code></summary>

```yaml

schema_version: '2'
created_at: '2026-02-15T09:38:59.120034+00:00'
created_by: me

```

</details>
<!-- /erk:metadata-block:plan-header -->
";

/// What a reader has before the first line of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A home.
    Nothing,
    /// A repository.
    Project,
    /// A repository that piton is set up in.
    SetUp,
    /// The same with a migration whose first step was made.
    Begun,
    /// The same as `SetUp`, on GitHub.
    OnGitHub,
}

/// What a document is run in.
pub(super) struct Stage {
    root: tempfile::TempDir,
    here: PathBuf,
    fake: Option<FakeGitHub>,
}

impl Stage {
    pub(super) fn new(before: Before) -> Self {
        let root = tempfile::tempdir().unwrap();
        let top = root.path().canonicalize().unwrap();
        let mut stage = Self {
            here: top.join("me"),
            root,
            fake: (before == Before::OnGitHub).then(github),
        };
        std::fs::create_dir_all(top.join("bin")).unwrap();
        stage.program("claude", include_str!("claude.sh"));
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_piton"), top.join("bin/piton")).unwrap();
        // The stand-in takes its orders from the environment and prints plainly.
        put(
            &top.join("me/.config/piton/config.toml"),
            "[agents.claude]\narguments = []\neffort-arguments = []\nmodel-arguments = []\n\
             schema-arguments = []\nstream = \"plain\"\n",
        );
        put(
            &top.join("me/.gitconfig"),
            "[user]\nname = A Reader\nemail = reader@example.com\n[init]\ndefaultBranch = main\n",
        );
        if before == Before::Nothing {
            return stage;
        }
        stage.here = top.join("me/tally");
        for (path, text) in PROJECT {
            put(&stage.here.join(path), text);
        }
        stage.must("git init --quiet && git add -A && git commit --quiet -m 'A word counter'");
        if before == Before::Project {
            return stage;
        }
        stage.must("piton init --validation-command 'sh test.sh' && git add -A && git commit --quiet -m 'Set piton up'");
        match before {
            Before::Nothing | Before::Project | Before::SetUp => {}
            Before::Begun => {
                stage.must(
                    "piton migration new split-the-report --target 'Split counting from writing'",
                );
                stage.must("piton migration step split-the-report");
            }
            Before::OnGitHub => {
                stage.must(
                    "git clone --quiet --bare . ../origin.git &&
                     git remote add origin https://github.com/acme/tally.git &&
                     git remote set-url --push origin \"$HOME/origin.git\"",
                );
                put(
                    &stage.here.join("plan.md"),
                    "# Add a cache\n\nPut one in front of the loader.\n",
                );
                put(
                    &stage.here.join("old.csv"),
                    "date,clones,unique_clones\n2026-01-03,4,2\n",
                );
                put(&stage.here.join("body.md"), BODY);
                put(
                    &stage.here.join(".git/info/exclude"),
                    "plan.md\nbody.md\nold.csv\n",
                );
            }
        }
        stage
    }

    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.root.path().join("bin").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn must(&mut self, line: &str) {
        let printed = self.run(line);
        let failed = printed
            .last()
            .is_some_and(|last| last.starts_with("[exit "));
        assert!(!failed, "{line}\n{}", printed.join("\n"));
    }

    /// Runs a command line and returns the lines of both streams.
    pub(super) fn run(&mut self, line: &str) -> Vec<String> {
        if let Some(dir) = line.strip_prefix("cd ") {
            self.here = self.here.join(dir.trim());
            return Vec::new();
        }
        let top = self.root.path().canonicalize().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("exec 2>&1\n{line}")])
            .current_dir(&self.here)
            .env_clear()
            .env("PATH", format!("{}:{path}", top.join("bin").display()))
            .env("HOME", top.join("me"))
            .env("TMPDIR", &top)
            .env("COLUMNS", "80")
            .env("LC_ALL", "C.UTF-8")
            .env("ANTHROPIC_API_KEY", "sk-of-nobody")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null());
        if let Some(fake) = &self.fake {
            command
                .env("GITHUB_API_URL", fake.address())
                .env("GITHUB_REPOSITORY", "acme/tally")
                .env("GH_TOKEN", "ghp_owner")
                .env("TRAFFIC_TOKEN", "ghp_collector");
        }
        let output = command.output().unwrap();
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

/// A GitHub with one repository, whose next issue is number 42.
fn github() -> FakeGitHub {
    FakeGitHub::with(|world| {
        let now = jiff::Timestamp::now();
        "me".clone_into(&mut world.login);
        let repo = world.add_repo("acme/tally", now);
        repo.deleted.push(41);
        // The public half of a key whose private half is nobody's.
        repo.public_key = (
            "key-1".to_owned(),
            "CcKxKW+qZzOwUGo+XGqFfqfDhPdUYxfV0SNKFmTrkyA=".to_owned(),
        );
        repo.commit_files("plnd/add-cache", "work", &[("x", "x")]);
        repo.add_workflow_of_plans();
    })
}

fn put(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
