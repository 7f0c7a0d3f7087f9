//! Calls with limits that the agent cannot lift.
#![expect(clippy::print_stderr, reason = "a test says when it is skipped")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use piton_agent::sealing::{Enclosure, MET_THE_SEAL, Needs, SealTerms, StateSpec};
use piton_agent::{
    Agent, AgentCall, CallEvent, CallEvents, CallRecord, Quiet, adapter::ReplySource,
};
use piton_base::Stop;
use piton_durable::RealDisk;
use piton_seal::{CacheSet, Network, OwnCaches, Standing, Support, Wanted};

use crate::fixture::Fixture;

/// Returns a fixture with a home, or nothing where this kernel has no seal.
fn fixture() -> Option<(Fixture, SealTerms)> {
    let support = Support::observe(Network::On);
    let standing = Standing::decide(Wanted::Auto, Network::On, support).unwrap();
    if support.landlock < Support::SIGNALS {
        eprintln!("skipped: this kernel cannot seal (Linux 6.12 can)");
        return None;
    }
    let mut fixture = Fixture::new();
    let root = fixture.dir.path().to_owned();
    let home = root.join("home");
    for folder in [".ssh", ".agent/hooks", ".cargo/registry/cache", "code"] {
        std::fs::create_dir_all(home.join(folder)).unwrap();
    }
    for file in [
        ".ssh/id",
        ".agent/auth",
        ".agent/hooks/old",
        ".cargo/registry/cache/c",
        "code/a",
    ] {
        std::fs::write(home.join(file), "as it was").unwrap();
    }
    std::fs::create_dir(root.join("tmp")).unwrap();
    let variables = &mut fixture.host.environment;
    variables.insert("HOME".into(), home.clone().into());
    variables.remove(std::ffi::OsStr::new("CARGO_HOME"));
    let terms = SealTerms {
        standing: standing.clone(),
        validation: standing.clone(),
        others: standing,
        caches: Some(OwnCaches::below(&root.join("caches"), Some(&home), &|_| {
            None
        })),
        temporary: root.join("tmp"),
        home: Some(home),
        ..SealTerms::off()
    };
    Some((fixture, terms))
}

fn call(fixture: &Fixture, terms: SealTerms, script: &str, reply: ReplySource) -> CallRecord {
    let mut spec = fixture.spec("command", &["-c", script]);
    "/bin/sh".clone_into(&mut spec.program);
    spec.reply = reply;
    if reply == ReplySource::File {
        spec.arguments
            .extend(["sh".to_owned(), "{reply_file}".to_owned()]);
    }
    for directory in [".agent", ".local/state/agent"] {
        spec.state.push(StateSpec {
            directory: directory.into(),
            variable: None,
            data: vec!["auth*".to_owned()],
            grows: Vec::new(),
        });
    }
    fixture
        .agent_of("sh", spec)
        .on_terms(terms)
        .call(
            &fixture.asked("Do it."),
            &fixture.files(),
            &Stop::default(),
            &Quiet,
        )
        .unwrap()
}

fn replied(record: &CallRecord) -> &str {
    record
        .result
        .reply()
        .map_or_else(|| panic!("{:?}", record.result), |reply| reply.text.trim())
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_sealed_agent_writes_its_slot_and_nothing_of_the_users() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let script = r#"
        echo x >slot-file; echo x >workspace/file
        for forbidden in "$HOME/code/a" "$HOME/new" ../call/call.json ../tree2 "$HOME/.ssh/id"; do
            if (echo x >"$forbidden") 2>/dev/null; then echo "wrote $forbidden"; fi
        done
        cat "$HOME/.ssh/id" 2>/dev/null && echo "read a key"
        kill -0 $PPID 2>/dev/null && echo "signalled piton"
        echo over"#;
    let record = call(&fixture, terms, script, ReplySource::Stream);
    assert_eq!(replied(&record), "over");
    assert_eq!(fixture.read("home/code/a"), "as it was");
    assert!(
        fixture.path("tree/slot-file").exists() && fixture.path("tree/workspace/file").exists()
    );
    assert_eq!(record.sealed.unwrap().to_string(), "sealed, network on");
}

#[test]
fn a_sealed_agent_has_a_temporary_directory_of_its_own_that_goes_away() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let script = r#"echo x >"$TMPDIR/a" && [ "$TMP" = "$TMPDIR" ] && [ "$TEMP" = "$TMPDIR" ] \
        && echo x >"$TMPPREFIX-b" && mktemp >/dev/null && echo "$TMPDIR""#;
    let record = call(&fixture, terms, script, ReplySource::Stream);
    let directory = replied(&record);
    assert!(
        Path::new(directory).starts_with(fixture.path("tmp")),
        "{directory}"
    );
    assert_eq!(entries(&fixture.path("tmp")), [""; 0].map(PathBuf::from));
}

#[test]
fn a_reply_in_a_file_is_written_by_a_sealed_agent_too() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let record = call(
        &fixture,
        terms.clone(),
        r#"echo "in the file" >"$1""#,
        ReplySource::File,
    );
    assert_eq!(replied(&record), "in the file");
}

#[test]
fn a_hook_that_an_agent_leaves_in_its_state_is_put_back_and_told() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let script = r#"cd "$HOME/.agent" && echo evil >hooks/old && echo evil >hooks/new \
        && echo newer >auth.tmp && mv auth.tmp auth && echo over"#;
    let record = call(&fixture, terms, script, ReplySource::Stream);
    assert_eq!(replied(&record), "over");
    assert_eq!(fixture.read("home/.agent/hooks/old"), "as it was");
    assert!(!fixture.path("home/.agent/hooks/new").exists());
    assert_eq!(fixture.read("home/.agent/auth"), "newer\n");
    let told = record.warnings.join("\n");
    assert!(
        told.contains("hooks/new (made)") && told.contains("hooks/old (changed)"),
        "{told}"
    );
    assert_eq!(fixture.read("call/state/.agent/hooks/new"), "evil\n");
}

#[test]
fn an_agent_that_was_never_used_here_has_a_place_for_its_state() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let script =
        r#"cd "$HOME/.local/state/agent" && echo evil >hook && echo new >auth && echo over"#;
    let record = call(&fixture, terms, script, ReplySource::Stream);
    assert_eq!(replied(&record), "over");
    assert_eq!(fixture.read("home/.local/state/agent/auth"), "new\n");
    assert!(!fixture.path("home/.local/state/agent/hook").exists());
    let place = std::fs::metadata(fixture.path("home/.local/state/agent")).unwrap();
    assert_eq!(place.permissions().mode() & 0o777, 0o700);
}

#[test]
fn tool_caches_are_the_clones_own_and_begin_with_what_the_user_has() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let script = r#"cat "$CARGO_HOME/registry/cache/c" && echo x >"$CARGO_HOME/registry/cache/c" \
        && mkdir -p "$CARGO_HOME/bin" && ! echo x 2>/dev/null >"$HOME/.cargo/registry/cache/c""#;
    let record = call(&fixture, terms.clone(), script, ReplySource::Stream);
    assert_eq!(replied(&record), "as it was");
    assert_eq!(fixture.read("home/.cargo/registry/cache/c"), "as it was");
    // What a call left in them the next one finds.
    std::fs::remove_dir_all(fixture.path("call")).unwrap();
    std::fs::create_dir(fixture.path("call")).unwrap();
    let record = call(
        &fixture,
        terms,
        r#"cat "$CARGO_HOME/registry/cache/c""#,
        ReplySource::Stream,
    );
    assert_eq!(replied(&record), "x");
}

#[test]
fn jobs_that_begin_at_once_find_each_cache_whole_and_nothing_stays_beside_it() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let seeds = fixture.path("home/.cargo/registry/cache");
    for number in 0..300 {
        std::fs::write(seeds.join(format!("c{number}")), "crate").unwrap();
    }
    // What one that was killed in the middle left.
    let set = fixture.path("caches/1");
    std::fs::create_dir_all(set.join("cargo.seeding/registry/cache")).unwrap();
    std::fs::write(set.join("cargo.seeding/registry/cache/torn"), "").unwrap();
    let count = |dir: PathBuf| std::fs::read_dir(dir).map_or(0, Iterator::count);
    std::thread::scope(|scope| {
        for number in 0..6 {
            let (terms, set) = (&terms, &set);
            scope.spawn(move || {
                // The others come when the first one is nearly done.
                let soon = || {
                    count(set.join("cargo.seeding/registry/cache")) > 250
                        || set.join("cargo").exists()
                };
                while number > 0 && !soon() {
                    std::thread::yield_now();
                }
                let token = format!("{}-plant-{number}", std::process::id());
                let _place = Enclosure::make(terms, Needs::default(), &token, &RealDisk).unwrap();
                // Whoever is through may use it: all of it is there.
                assert_eq!(count(set.join("cargo/registry/cache")), 301);
            });
        }
    });
    let beside: Vec<_> = std::fs::read_dir(&set)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("seeding"))
        .collect();
    assert!(beside.is_empty(), "{beside:?}");
}

#[test]
fn each_slot_has_tool_caches_of_its_own() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    let mut homes = Vec::new();
    for number in [1, 2] {
        let mut spec = fixture.spec("command", &["-c", "echo $CARGO_HOME"]);
        "/bin/sh".clone_into(&mut spec.program);
        let asked = AgentCall {
            caches: CacheSet::of_slot(number),
            ..fixture.asked("Do it.")
        };
        std::fs::create_dir_all(fixture.path("call")).unwrap();
        let record = fixture
            .agent_of("sh", spec)
            .on_terms(terms.clone())
            .call(&asked, &fixture.files(), &Stop::default(), &Quiet)
            .unwrap();
        homes.push(replied(&record).to_owned());
        std::fs::remove_dir_all(fixture.path("call")).unwrap();
    }
    assert!(homes[0].ends_with("caches/1/cargo"), "{homes:?}");
    assert!(homes[1].ends_with("caches/2/cargo"), "{homes:?}");
}

/// Keeps what is told while a call runs.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl CallEvents for Told {
    fn event(&self, event: CallEvent<'_>) {
        if let CallEvent::Warning(text) = event {
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
}

#[test]
fn a_call_that_failed_after_it_was_denied_something_tells_of_the_seal() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    for (script, tells) in [
        ("echo x >\"$HOME/new\"; exit 1", true),
        ("echo assertion failed >&2; exit 1", false),
        ("echo x >\"$HOME/new\" ; echo well", false),
    ] {
        let mut spec = fixture.spec("command", &["-c", script]);
        "/bin/sh".clone_into(&mut spec.program);
        let told = Told::default();
        let _ = std::fs::remove_dir_all(fixture.path("call"));
        std::fs::create_dir(fixture.path("call")).unwrap();
        fixture
            .agent_of("sh", spec)
            .on_terms(terms.clone())
            .call(
                &fixture.asked("Do it."),
                &fixture.files(),
                &Stop::default(),
                &told,
            )
            .unwrap();
        let told = told.0.into_inner().unwrap();
        assert_eq!(told == [MET_THE_SEAL], tells, "{script}: {told:?}");
    }
}

#[test]
fn a_file_beside_the_agents_state_is_not_written() {
    let Some((fixture, terms)) = fixture() else {
        return;
    };
    std::fs::write(fixture.path("home/.agent.json"), "as it was").unwrap();
    let script = r#"(echo x >"$HOME/.agent.json") 2>/dev/null || echo refused;
        (echo x >"$HOME/.agent.json.tmp" && mv "$HOME/.agent.json.tmp" "$HOME/.agent.json") 2>/dev/null || echo refused"#;
    let record = call(&fixture, terms, script, ReplySource::Stream);
    assert_eq!(replied(&record), "refused\nrefused");
    assert_eq!(fixture.read("home/.agent.json"), "as it was");
}

#[test]
fn a_credential_store_is_read_when_the_user_allows_it_and_not_before() {
    let Some((fixture, mut terms)) = fixture() else {
        return;
    };
    let home = terms.home.clone().unwrap();
    let script =
        r#"cat "$HOME/code/a" && cat "$HOME/../tree/../home/.ssh/id" 2>/dev/null || echo no"#;
    let record = call(&fixture, terms.clone(), script, ReplySource::Stream);
    assert_eq!(replied(&record), "as it wasno");
    terms.read = vec![home.join(".ssh")];
    std::fs::remove_dir_all(fixture.path("call")).unwrap();
    std::fs::create_dir(fixture.path("call")).unwrap();
    let record = call(
        &fixture,
        terms,
        r#"cat "$HOME/.ssh/id""#,
        ReplySource::Stream,
    );
    assert_eq!(replied(&record), "as it was");
}

#[test]
fn without_a_seal_nothing_is_changed_for_the_agent() {
    let Some((fixture, _)) = fixture() else {
        return;
    };
    let script = r#"echo x >"$HOME/new" && echo "${TMPPREFIX-unset} ${CARGO_HOME-unset}""#;
    let record = call(&fixture, SealTerms::off(), script, ReplySource::Stream);
    assert_eq!(replied(&record), "unset unset");
    assert!(fixture.path("home/new").exists());
    assert_eq!(record.sealed, Some(Standing::Off));
}

#[test]
fn an_agent_whose_seal_cannot_be_made_is_not_started() {
    let Some((fixture, mut terms)) = fixture() else {
        return;
    };
    terms.temporary = fixture.path("nowhere");
    let spec = fixture.spec("command", &["says:hello"]);
    let agent = fixture.agent_of("fake", spec).on_terms(terms);
    let error = agent
        .call(
            &fixture.asked("Do it."),
            &fixture.files(),
            &Stop::default(),
            &Quiet,
        )
        .unwrap_err();
    let told = piton_base::on_one_line(&error);
    assert!(told.contains("nowhere"), "{told}");
}
