//! A home directory, and shells sealed in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use piton_seal::{Network, Real, Request, Seal, Support};
use tempfile::TempDir;

/// A home directory with a slot, a store and a file of the user's.
pub(crate) struct Home {
    pub(crate) directory: TempDir,
    pub(crate) request: Request,
}

/// Returns a home directory, or `None` where this kernel has no seal: then the
/// test has nothing to try, and says so.
pub(crate) fn home() -> Option<Home> {
    if Support::observe(Network::On).landlock < Support::SIGNALS {
        eprintln!("skipped: this kernel cannot seal (Landlock 6, Linux 6.12)");
        return None;
    }
    let directory = tempfile::Builder::new().prefix("home").tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap();
    for folder in [".ssh", ".config/gh", ".config/nvim", "slot", "code"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    for file in [
        ".ssh/id",
        ".config/gh/hosts.yml",
        ".config/nvim/init",
        ".netrc",
        "code/a",
    ] {
        fs::write(root.join(file), file).unwrap();
    }
    let request = Request {
        write: vec![root.join("slot")],
        home: Some(root),
        ..Request::default()
    };
    Some(Home { directory, request })
}

impl Home {
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join(name)
    }

    /// Runs a line of shell in the slot, sealed.
    pub(crate) fn run(&self, line: &str) -> Output {
        let seal = Seal::decide(&self.request, &Real).unwrap();
        let mut command = shell(line, &self.path("slot"));
        seal.prepare().unwrap().apply(&mut command);
        command.output().unwrap()
    }

    /// Checks that a line does what it says.
    #[track_caller]
    pub(crate) fn works(&self, line: &str) -> String {
        let output = self.run(line);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{line}: {out}{err}");
        out
    }

    /// Checks that a line is kept from what it says, in the ordinary words.
    #[track_caller]
    pub(crate) fn denied(&self, line: &str) {
        let output = self.run(line);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let told = ["denied", "not permitted", "cross-device", "Permission"];
        let said = told.iter().any(|word| err.contains(word));
        assert!(!output.status.success() && said, "{line}: {out}{err}");
    }

    pub(crate) fn with_network(mut self, network: Network) -> Self {
        self.request.network = network;
        self
    }
}

pub(crate) fn shell(line: &str, directory: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", line])
        .current_dir(directory)
        .env("LC_ALL", "C");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
