//! A place to call a fake agent from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use piton_agent::{
    AdapterSpec, Agent, AgentCall, CallFiles, CallRecord, CallRole, Host, Limits, ProgramAgent,
    Quiet, adapter,
};
use piton_base::{Effort, Stop, SystemClock};
use piton_durable::{Disk, RealDisk};
use piton_seal::CacheSet;
use tempfile::TempDir;

/// A directory with a worktree, a workspace in it, a fake agent and room for a
/// call's files.
pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) host: Host,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        for name in ["tree/workspace", "call"] {
            std::fs::create_dir_all(dir.path().join(name)).unwrap();
        }
        piton_testkit::fake_agent(dir.path()).unwrap();
        let mut host = Host::new(std::env::vars_os());
        host.environment
            .insert("GH_TOKEN".into(), "ghp_never_to_be_seen".into());
        host.environment
            .insert("OPENAI_API_KEY".into(), "sk-agents-own-key".into());
        Self { dir, host }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Describes the fake agent as one of the built-in kinds; `does` are its
    /// arguments.
    pub(crate) fn spec(&self, kind: &str, does: &[&str]) -> AdapterSpec {
        let mut spec = if kind == "command" {
            AdapterSpec::of_command("fake").unwrap()
        } else {
            adapter::resolve(kind, None).unwrap()
        };
        spec.program = self.path("fake-agent").to_string_lossy().into_owned();
        spec.arguments = does.iter().map(ToString::to_string).collect();
        for arguments in [
            &mut spec.model_arguments,
            &mut spec.effort_arguments,
            &mut spec.closing_arguments,
        ] {
            arguments.clear();
        }
        spec.version.arguments.clear();
        spec
    }

    pub(crate) fn agent(&self, kind: &str, does: &[&str]) -> ProgramAgent {
        self.agent_of(kind, self.spec(kind, does))
    }

    pub(crate) fn agent_of(&self, name: &str, spec: AdapterSpec) -> ProgramAgent {
        self.agent_on(name, spec, Arc::new(RealDisk))
    }

    pub(crate) fn agent_on(
        &self,
        name: &str,
        spec: AdapterSpec,
        disk: Arc<dyn Disk>,
    ) -> ProgramAgent {
        ProgramAgent::new(
            name,
            spec,
            self.host.clone(),
            disk,
            Arc::new(SystemClock::default()),
        )
    }

    pub(crate) fn files(&self) -> CallFiles {
        CallFiles::in_directory(self.path("call"))
    }

    pub(crate) fn asked(&self, prompt: &str) -> AgentCall {
        asked(self.dir.path(), prompt)
    }

    /// Calls the fake agent once.
    pub(crate) fn call(&self, kind: &str, does: &[&str]) -> CallRecord {
        self.call_with(kind, does, quick())
    }

    pub(crate) fn call_with(&self, kind: &str, does: &[&str], limits: Limits) -> CallRecord {
        let call = AgentCall {
            limits,
            ..self.asked("Do it.")
        };
        self.answer(&self.agent(kind, does), &call)
    }

    /// Makes a call that nobody stops and nobody watches.
    pub(crate) fn answer(&self, agent: &ProgramAgent, call: &AgentCall) -> CallRecord {
        agent
            .call(call, &self.files(), &Stop::default(), &Quiet)
            .unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&std::fs::read(self.path(name)).unwrap()).into_owned()
    }

    /// Asserts that of the processes noted in `pids` at least `count` were
    /// started, and that none is left.
    pub(crate) fn nothing_runs(&self, count: usize) {
        let noted = self.read("pids");
        let pids: Vec<&str> = noted.lines().collect();
        assert!(pids.len() >= count, "only {pids:?} were started");
        let running: Vec<_> = pids.iter().filter(|pid| runs(pid)).collect();
        assert!(running.is_empty(), "left running: {running:?} of {pids:?}");
    }

    /// Tells whether a call left a note that it is under way.
    pub(crate) fn has_notes(&self) -> bool {
        let names = std::fs::read_dir(self.path("call")).unwrap();
        names.into_iter().any(|name| {
            name.unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with("running-")
        })
    }

    /// Returns the argument that makes the fake agent note its processes.
    pub(crate) fn pids(&self) -> String {
        format!("pids:{}", self.path("pids").display())
    }
}

pub(crate) fn runs(pid: &str) -> bool {
    let alive = std::process::Command::new("kill")
        .args(["-0", pid])
        .stderr(std::process::Stdio::null())
        .status();
    let zombie = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.contains(") Z "));
    alive.unwrap().success() && !zombie
}

/// Limits that no well-behaved fake agent comes near.
pub(crate) fn quick() -> Limits {
    Limits {
        idle: Duration::from_secs(20),
        tool_idle: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
        after_result: Duration::from_millis(300),
        politeness: Duration::from_millis(500),
    }
}

/// Limits that run out at once on an agent that says nothing.
pub(crate) fn impatient() -> Limits {
    let idle = Duration::from_secs(1);
    Limits {
        idle,
        tool_idle: idle,
        ..quick()
    }
}

/// Returns a call at the fixture in `dir`.
pub(crate) fn asked(dir: &Path, prompt: &str) -> AgentCall {
    AgentCall {
        role: CallRole::PlanningReview,
        slug: Some("move-it".to_owned()),
        cwd: dir.join("tree"),
        workspace: dir.join("tree/workspace"),
        prompt: prompt.to_owned(),
        model: Some("big".to_owned()),
        effort: Some(Effort::High),
        schema: None,
        limits: quick(),
        caches: CacheSet::default(),
    }
}
