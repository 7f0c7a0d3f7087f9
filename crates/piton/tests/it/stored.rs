//! Plans on a fake GitHub, and a repository in which they are carried out.

use std::process::Command;

use jiff::Timestamp;
use piton_testkit::forge::{FakeGitHub, World};
use serde_json::Value;

use crate::env::{Ran, TestEnv};

pub(crate) const TOKEN: &str = "ghp_verysecretverysecret";

/// The body of a plan that erk made.
pub(crate) const BODY: &str =
    "<!-- WARNING: Machine-generated. Manual edits may break erk tooling. -->
<!-- erk:metadata-block:plan-header -->
<details>
<summary><code>plan-header</code></summary>

```yaml

schema_version: '2'
created_at: '2026-02-15T09:38:59.120034+00:00'
created_by: octo-dev
last_dispatched_run_id: null
last_dispatched_node_id: null
last_dispatched_at: null

```

</details>
<!-- /erk:metadata-block:plan-header -->

## Commands

Text of ours.
";

/// A repository, and a GitHub with plans.
pub(crate) struct Stored {
    pub(crate) env: TestEnv,
    pub(crate) fake: FakeGitHub,
    pub(crate) plan: u64,
}

impl Stored {
    /// One plan with a header.
    pub(crate) fn new() -> Self {
        Self::with_body(BODY)
    }

    pub(crate) fn with_body(body: &str) -> Self {
        let mut plan = 0;
        let fake = FakeGitHub::with(|world| {
            plan = add_plan(world, body);
        });
        Self {
            env: TestEnv::new(),
            fake,
            plan,
        }
    }

    /// Gives the repository a work folder for the plan.
    pub(crate) fn with_folder(self, folder: &str) -> Self {
        let reference = format!(
            r#"{{"provider": "github", "plan_id": "{}", "url": "https://github.com/acme/app/issues/{}", "created_at": "c", "synced_at": "s", "labels": [], "objective_id": null}}"#,
            self.plan, self.plan
        );
        self.env
            .repo
            .write(&format!("{folder}/plan-ref.json"), &reference);
        self
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        reach(&self.fake, self.env.command(args))
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.env.finish(self.command(args).output().unwrap())
    }

    /// Runs it as a run of GitHub Actions does.
    pub(crate) fn run_in_actions(&self, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTOR", "octo-actor")
            .env("GITHUB_RUN_ID", "77")
            .env("GITHUB_HEAD_REF", "plnd/x");
        self.env.finish(command.output().unwrap())
    }

    pub(crate) fn body(&self) -> String {
        self.body_of(self.plan)
    }

    pub(crate) fn body_of(&self, number: u64) -> String {
        self.fake
            .world(|world| world.repo("acme/app").issues[&number].body.clone())
    }

    /// Returns a field of the header.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let header = piton_backend::header::find_header(&self.body()).unwrap();
        header.text(name).map(str::to_owned)
    }

    pub(crate) fn state(&self, folder: &str) -> Option<Value> {
        let path = self.env.path().join(folder).join("local-run-state.json");
        let bytes = std::fs::read(path).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }
}

/// Gives a command the way to a fake GitHub.
pub(crate) fn reach(fake: &FakeGitHub, mut command: Command) -> Command {
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GITHUB_REPOSITORY", "acme/app")
        .env("GH_TOKEN", TOKEN)
        .env("USER", "octo");
    command
}

pub(crate) fn add_plan(world: &mut World, body: &str) -> u64 {
    let now = Timestamp::now();
    if !world.repos.contains_key("acme/app") {
        world.add_repo("acme/app", now);
    }
    world.repo("acme/app").add_issue(
        "[erk-plan] Add a cache",
        body,
        &["erk-plan"],
        "octo-dev",
        now,
    )
}

impl Ran {
    /// Returns the JSON on standard error, which stands there alone.
    pub(crate) fn stderr_json(&self) -> Value {
        assert_eq!(self.stdout, "");
        serde_json::from_str(&self.stderr)
            .unwrap_or_else(|error| panic!("{error}\n{}", self.stderr))
    }
}
