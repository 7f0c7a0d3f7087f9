//! Small projects of several toolchains are validated sealed, with caches of the
//! clone's own. Each says that it was skipped where the toolchain is absent.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use piton_agent::Host;
use piton_agent::sealing::SealTerms;
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;
use piton_loop::validation::{Policy, ValidationCommand, Validator, Verdict};
use piton_seal::{CacheSet, Network, OwnCaches, Standing, Support, Wanted};

use crate::validation::Unseen;

/// A project, and where it is validated.
struct Yard {
    dir: tempfile::TempDir,
    host: Host,
    terms: SealTerms,
}

impl Yard {
    /// Makes one with these files, with a network of its own where this machine
    /// can cut it off; nothing where it cannot seal or has not got `program`.
    fn with(program: &str, files: &[(&str, &str)]) -> Option<Self> {
        let support = Support::observe(Network::Loopback);
        if support.landlock < Support::TRUNCATE {
            println!("skipped: this kernel cannot seal (Linux 6.2 can)");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let place = |name: &str| dir.path().join(name);
        for folder in ["home", "tree", "tmp"] {
            fs::create_dir(place(folder)).unwrap();
        }
        for (name, text) in files {
            let path = dir.path().join("tree").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut variables: Vec<(OsString, OsString)> = vec![
            ("PATH".into(), std::env::var_os("PATH").unwrap()),
            ("HOME".into(), home.clone().into()),
        ];
        // Without these rustup and pyenv know no toolchain in another home.
        let real = std::env::var_os("HOME")
            .map(PathBuf::from)
            .unwrap_or_default();
        for (name, usual) in [("RUSTUP_HOME", ".rustup"), ("PYENV_ROOT", ".pyenv")] {
            let there = std::env::var_os(name).map_or_else(|| real.join(usual), PathBuf::from);
            variables.push((name.into(), there.into()));
        }
        let host = Host::new(variables);
        if host.find_program(program).is_none() {
            println!("skipped: there is no {program}");
            return None;
        }
        let standing = |network| Standing::decide(Wanted::Auto, network, support).unwrap();
        let terms = SealTerms {
            standing: standing(Network::On),
            validation: standing(Network::Loopback),
            caches: Some(OwnCaches::below(&place("caches"), Some(&home), &|_| None)),
            temporary: place("tmp"),
            home: Some(home),
            ..SealTerms::off()
        };
        Some(Self { dir, host, terms })
    }

    fn validate(&self, command: &str, record: &str) -> Verdict {
        let command = ValidationCommand::read(command).unwrap();
        let name = self.dir.path().file_name().unwrap().to_string_lossy();
        Validator {
            disk: &RealDisk,
            clock: &SystemClock::default(),
            stop: &Stop::default(),
            host: &self.host,
            command: command.as_ref(),
            policy: Policy::default(),
            notes: &self.dir.path().join("notes"),
            terms: &self.terms,
            caches: CacheSet::default(),
        }
        .validate(
            &self.dir.path().join("tree"),
            &self.dir.path().join(record),
            &format!("{}{record}", name.trim_start_matches('.')),
            &Unseen,
        )
        .unwrap()
    }

    /// Requires that it is green as it is and red once `file` says `wrong`, and
    /// that nothing of the user's home was written.
    #[track_caller]
    fn check(&self, command: &str, file: &str, wrong: &str) {
        let green = self.validate(command, "green");
        assert!(green.is_good(), "{green:?}");
        let file = self.dir.path().join("tree").join(file);
        fs::write(file, wrong).unwrap();
        let red = self.validate(command, "red");
        assert!(matches!(red, Verdict::Red(_)), "{red:?}");
        assert_eq!(entries(&self.dir.path().join("home")), 0);
        assert_eq!(entries(&self.dir.path().join("tmp")), 0);
    }
}

fn entries(dir: &Path) -> usize {
    fs::read_dir(dir).unwrap().count()
}

#[test]
fn cargo_test_runs_sealed() {
    let files = [
        (
            "Cargo.toml",
            "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        ),
        (
            "src/lib.rs",
            "#[test]\nfn one() {\n    assert_eq!(1, 1);\n}\n",
        ),
    ];
    let Some(yard) = Yard::with("cargo", &files) else {
        return;
    };
    let wrong = "#[test]\nfn one() {\n    assert_eq!(1, 2);\n}\n";
    yard.check("cargo test --quiet", "src/lib.rs", wrong);
    assert!(yard.dir.path().join("caches/1/cargo").exists());
}

#[test]
fn npm_test_runs_sealed() {
    let files = [
        (
            "package.json",
            "{\"name\": \"x\", \"version\": \"1.0.0\", \"scripts\": {\"test\": \"node test.js\"}}",
        ),
        ("test.js", "require('assert').equal(1, 1)"),
    ];
    let Some(yard) = Yard::with("npm", &files) else {
        return;
    };
    yard.check("npm test", "test.js", "require('assert').equal(1, 2)");
}

#[test]
fn pytest_runs_sealed() {
    let files = [("test_one.py", "def test_one():\n    assert 1 == 1\n")];
    let Some(yard) = Yard::with("pytest", &files) else {
        return;
    };
    let there = yard.validate("pytest --version", "version");
    if !there.is_good() {
        println!("skipped: there is no pytest that runs");
        return;
    }
    yard.check(
        "pytest -q -p no:cacheprovider",
        "test_one.py",
        "def test_one():\n    assert 1 == 22\n",
    );
}

#[test]
fn go_test_runs_sealed() {
    let files = [
        ("go.mod", "module x\n\ngo 1.19\n"),
        (
            "x_test.go",
            "package x\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) {}\n",
        ),
    ];
    let Some(yard) = Yard::with("go", &files) else {
        return;
    };
    let wrong = "package x\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) { t.Fatal() }\n";
    yard.check("go test ./...", "x_test.go", wrong);
    assert!(yard.dir.path().join("caches/1/go/build").exists());
}
