//! A team: a GitHub, the repository people push to, and one who works in it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use piton_testkit::forge::FakeGitHub;
use serde_json::Value;

use crate::env::{Ran, TestEnv};
use crate::stored::reach;

pub(crate) const PLAN: &str = "# Add a cache\n\nPut one in front of the loader, and cover it.\n\n- [ ] the cache\n- [ ] its test\n";

/// A team: a GitHub, the repository people push to, and one who works in it.
pub(crate) struct Team {
    pub(crate) env: TestEnv,
    pub(crate) fake: FakeGitHub,
    pub(crate) origin: PathBuf,
}

impl Team {
    pub(crate) fn new(backend: &str, script: &str) -> Self {
        let fake = FakeGitHub::with(|world| {
            let repo = world.add_repo("acme/app", jiff::Timestamp::now());
            repo.add_workflow_of_plans();
        });
        let env = TestEnv::new();
        env.repo.write("src/lib.rs", "fine\n");
        env.repo.write("check.sh", "! grep -r BROKEN src\n");
        env.repo.write("agent.toml", script);
        let settings = format!(
            "validation-command = \"sh check.sh\"\nplans.backend = \"{backend}\"\n\
             ci.install = \"0.1.0\"\nci.agent = \"script\"\nci.secret = \"AGENT_KEY\"\n\n\
             [agent]\nscript = \"agent.toml\"\n"
        );
        env.repo.write("piton.toml", &settings);
        env.repo.write(".gitignore", ".impl/\n");
        env.repo.commit_all("a project");
        let origin = env.home.path().join("origin.git");
        env.repo
            .git(&["clone", "-q", "--bare", ".", origin.to_str().unwrap()]);
        env.repo
            .git(&["remote", "add", "origin", origin.to_str().unwrap()]);
        Self { env, fake, origin }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let command = reach(&self.fake, self.env.command(args));
        self.finish(command)
    }

    pub(crate) fn finish(&self, mut command: Command) -> Ran {
        self.env.finish(command.output().unwrap())
    }

    pub(crate) fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "piton {args:?}\n{}", ran.shown());
        ran
    }

    pub(crate) fn create(&self, text: &str) -> String {
        self.env.repo.write("plan.md", text);
        let _ = self.ok(&["plan", "create", "--file", "plan.md"]);
        let _ = fs::remove_file(self.env.path().join("plan.md"));
        let listed = self.ok(&["plan", "list", "--json"]).json();
        listed["plans"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, id: &str) -> Value {
        self.ok(&["plan", "show", id, "--json"]).json()["header"].clone()
    }

    pub(crate) fn publish(&self) {
        self.env.repo.commit_all("more");
        self.env.repo.git(&["push", "-q", "origin", "HEAD:main"]);
    }
}
