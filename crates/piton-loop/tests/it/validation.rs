//! The project's own checks decide, and nothing of them is left behind.
#![expect(clippy::print_stderr, reason = "a test says when it is skipped")]

use piton_seal::CacheSet;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use piton_agent::Host;
use piton_agent::sealing::SealTerms;
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;
use piton_loop::validation::baseline::{BaselineKey, note_green, was_green};
use piton_loop::validation::{
    Flaky, Policy, ShowOutput, ValidationCommand, ValidationError, Validator, Verdict,
};
use piton_seal::{Network, Standing, Support, Wanted};

/// Shows nothing of what a command prints.
#[derive(Debug)]
pub(crate) struct Unseen;

impl ShowOutput for Unseen {
    fn show(&self, _chunk: &[u8]) {}
}

struct Fixture {
    dir: tempfile::TempDir,
    host: Host,
    policy: Policy,
    terms: SealTerms,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("tree")).unwrap();
        let variables = [
            ("PATH", "/usr/bin:/bin"),
            ("GH_TOKEN", "ghp_forge"),
            ("GIT_DIR", "/somewhere"),
            ("DATABASE_URL", "needed"),
        ];
        Self {
            host: Host::new(variables.map(|(name, value)| (name.into(), value.into()))),
            policy: Policy::default(),
            terms: SealTerms::off(),
            dir,
        }
    }

    fn tree(&self) -> std::path::PathBuf {
        self.dir.path().join("tree")
    }

    fn record(&self) -> std::path::PathBuf {
        self.dir.path().join("record")
    }

    fn validate(&self, command: &str) -> Result<Verdict, ValidationError> {
        let command = ValidationCommand::read(command).unwrap();
        Validator {
            disk: &RealDisk,
            clock: &SystemClock::default(),
            stop: &Stop::default(),
            host: &self.host,
            command: command.as_ref(),
            policy: self.policy,
            notes: &self.dir.path().join("notes"),
            terms: &self.terms,
            caches: CacheSet::default(),
        }
        .validate(&self.tree(), &self.record(), &self.token(), &Unseen)
    }

    /// Processes are known by it, so no two tests may share one.
    fn token(&self) -> String {
        let name = self.dir.path().file_name().unwrap();
        name.to_string_lossy().trim_start_matches('.').to_owned()
    }

    fn printed(&self, name: &str) -> String {
        fs::read_to_string(self.record().join(name)).unwrap()
    }
}

fn red(verdict: Verdict) -> piton_loop::validation::Red {
    match verdict {
        Verdict::Red(red) => red,
        other => panic!("{other:?}"),
    }
}

#[test]
fn green_is_an_exit_code_of_zero_and_red_any_other_end() {
    let bench = Fixture::new();
    assert!(bench.validate("true").unwrap().is_good());
    let red = red(bench
        .validate("sh -c 'echo to out; echo to err >&2; exit 3'")
        .unwrap());
    assert_eq!(red.how.to_string(), "red (exit code 3)");
    let mut lines: Vec<&str> = red.tail.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["to err", "to out"]);
    assert_eq!(bench.printed("tests.stdout.log"), "to out\n");
    assert_eq!(bench.printed("tests.stderr.log"), "to err\n");
    assert_eq!(
        fs::read_dir(bench.dir.path().join("notes"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn no_shell_sees_the_command() {
    let bench = Fixture::new();
    bench.validate("echo $HOME ; touch pwned").unwrap();
    assert_eq!(bench.printed("tests.stdout.log"), "$HOME ; touch pwned\n");
    assert!(!bench.tree().join("pwned").exists());
}

#[test]
fn the_command_has_the_user_s_environment_without_what_could_publish() {
    let bench = Fixture::new();
    bench.validate("env").unwrap();
    let env = bench.printed("tests.stdout.log");
    assert!(env.contains("DATABASE_URL=needed"), "{env}");
    assert!(
        !env.contains("ghp_forge") && !env.contains("GIT_DIR"),
        "{env}"
    );
}

#[test]
fn a_script_of_the_tree_is_the_tree_s_own() {
    let bench = Fixture::new();
    let script = bench.tree().join("check.sh");
    fs::write(&script, "#!/bin/sh\npwd\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&script, mode).unwrap();
    assert!(bench.validate("./check.sh").unwrap().is_good());
    let at = fs::canonicalize(bench.tree()).unwrap();
    assert_eq!(Path::new(bench.printed("tests.stdout.log").trim()), at);
}

#[test]
fn a_command_that_is_silent_or_takes_too_long_is_ended_and_red() {
    let mut bench = Fixture::new();
    bench.policy.idle = Duration::from_millis(300);
    let verdict = bench.validate("sleep 60").unwrap();
    let how = red(verdict).how.to_string();
    assert!(how.contains("printed nothing"), "{how}");
    bench.policy.idle = Duration::from_secs(60);
    bench.policy.deadline = Duration::from_millis(300);
    let verdict = bench.validate("sleep 60").unwrap();
    assert!(red(verdict).how.to_string().contains("not done after"));
}

#[test]
fn red_and_then_green_is_flaky_and_the_policy_says_what_that_is_worth() {
    let command = "sh -c 'test -e ../tried || { touch ../tried; echo first; exit 1; }'";
    let mut bench = Fixture::new();
    assert!(!bench.validate(command).unwrap().is_good());
    for (flaky, accepted) in [(Flaky::Accept, true), (Flaky::Refuse, false)] {
        bench = Fixture::new();
        bench.policy.attempts = 3;
        bench.policy.flaky = flaky;
        let verdict = bench.validate(command).unwrap();
        let attempts = 2;
        assert_eq!(verdict, Verdict::Flaky { attempts, accepted });
        assert_eq!(verdict.is_good(), accepted);
        assert!(verdict.to_string().starts_with("FLAKY"));
    }
    assert!(bench.record().join("run-02").is_dir());
}

#[test]
fn a_program_that_is_not_there_says_nothing_about_the_work() {
    let bench = Fixture::new();
    let missing = bench.validate("no-such-program-anywhere --test");
    assert!(
        matches!(missing, Err(ValidationError::NotFound { .. })),
        "{missing:?}"
    );
    assert_eq!(bench.validate("none").unwrap(), Verdict::NotAsked);
}

#[test]
fn a_tree_that_was_green_is_green_for_this_command_and_this_set_up() {
    let bench = Fixture::new();
    let notes = bench.dir.path().join("baseline");
    let command = |text| ValidationCommand::read(text).unwrap().unwrap();
    let key = BaselineKey::new("tree", &command("true"), "npm ci");
    note_green(&RealDisk, &notes, &key).unwrap();
    assert!(was_green(&RealDisk, &notes, &key));
    for other in [
        BaselineKey::new("tree2", &command("true"), "npm ci"),
        BaselineKey::new("tree", &command("false"), "npm ci"),
        BaselineKey::new("tree", &command("true"), ""),
    ] {
        assert!(!was_green(&RealDisk, &notes, &other));
    }
}

/// Seals what the bench runs, or returns nothing where this machine cannot.
fn sealed(network: Network) -> Option<Fixture> {
    let support = Support::observe(network);
    let Ok(standing) = Standing::decide(Wanted::Require, network, support) else {
        eprintln!("skipped: this machine cannot seal with the network {network}");
        return None;
    };
    let mut bench = Fixture::new();
    let home = bench.dir.path().join("home");
    fs::create_dir_all(home.join(".ssh")).unwrap();
    fs::write(home.join(".ssh/id"), "a key").unwrap();
    bench.terms = SealTerms {
        // The network of validations is theirs alone.
        standing: Standing::decide(Wanted::Require, Network::On, support).unwrap(),
        validation: standing,
        home: Some(home),
        temporary: bench.dir.path().to_owned(),
        ..SealTerms::off()
    };
    Some(bench)
}

#[test]
fn a_sealed_validation_writes_its_tree_and_nothing_else_and_tells_that_it_was_denied() {
    let Some(bench) = sealed(Network::On) else {
        return;
    };
    let verdict = bench.validate("sh -c 'echo x >made && echo x >\"$TMPDIR/a\"'");
    assert!(verdict.unwrap().is_good());
    assert!(bench.tree().join("made").exists());
    for forbidden in [
        "echo x >../outside",
        "rm -r ../home",
        "ln ../home/.ssh/id linked",
        "mv ../home here",
        "cat ../home/.ssh/id",
    ] {
        let red = red(bench.validate(&format!("sh -c '{forbidden}'")).unwrap());
        assert!(red.met_the_seal, "{forbidden}: {}", red.tail);
    }
    assert!(!bench.dir.path().join("outside").exists());
    let key = bench.dir.path().join("home/.ssh/id");
    assert_eq!(fs::read_to_string(key).unwrap(), "a key");
    let signal = format!("sh -c 'kill -0 {}'", std::process::id());
    red(bench.validate(&signal).unwrap());
    let other = red(bench
        .validate("sh -c 'echo assertion failed; exit 1'")
        .unwrap());
    assert!(!other.met_the_seal);
}

#[test]
fn a_validation_reaches_over_the_network_what_it_is_given() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let outside =
        format!("python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", {port}))'");
    let itself = "python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); s.listen(); socket.create_connection(s.getsockname())'";
    for (network, reaches_outside, reaches_itself) in [
        (Network::On, true, true),
        (Network::Loopback, false, true),
        (Network::Off, false, false),
    ] {
        let Some(mut bench) = sealed(network) else {
            return;
        };
        bench.host = Host::new([("PATH".into(), std::env::var_os("PATH").unwrap())]);
        let Ok(python) = bench.validate("python3 --version") else {
            eprintln!("skipped: there is no python3");
            return;
        };
        assert!(python.is_good());
        let good = |command: &str| bench.validate(command).unwrap().is_good();
        assert_eq!(good(&outside), reaches_outside, "{network}");
        assert_eq!(good(itself), reaches_itself, "{network}");
    }
}
