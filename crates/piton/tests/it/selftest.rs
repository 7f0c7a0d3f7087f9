//! The self-test, through the program.

use std::process::{Command, Output};

fn selftest(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_piton"))
        .arg("selftest")
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn kills_are_survived_wherever_they_come() {
    if !piton_selftest::trace::SUPPORTED {
        return;
    }
    // A share of them; `.ci/run` gives it a minute.
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().to_str().unwrap();
    let ran = selftest(&[
        "--crash", "--only", "set", "--only", "new", "--every", "40", "--dir", place,
    ]);
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert!(ran.status.success(), "{out}{err}");
    assert!(
        out.lines().last().unwrap().ends_with(" points, 0 bad"),
        "{out}"
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_directory_whose_name_has_spaces_is_no_fault_of_pitons() {
    if !piton_selftest::trace::SUPPORTED {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("with a space");
    std::fs::create_dir(&place).unwrap();
    let only = ["--crash", "--only", "interview", "--every", "100"];
    let dir = ["--dir", place.to_str().unwrap()];
    let ran = selftest(&[&only[..], &dir].concat());
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert!(ran.status.success(), "{out}{err}");
}

/// Whoever scripts a resume knows by its words that there is nothing to resume.
#[test]
fn another_tool_that_kills_an_apply_finds_nothing_bad() {
    let tool = piton_testkit::shared_dir().map(|dir| dir.join("tools/killpoints.sh"));
    let Some(tool) = tool.filter(|_| cfg!(all(target_os = "linux", target_arch = "x86_64"))) else {
        println!("skipped: the tool is not here, or not for this machine");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let ran = Command::new("bash")
        .arg(tool)
        .args([env!("CARGO_BIN_EXE_piton"), "60"])
        .env("TMPDIR", directory.path())
        .env("KP_ONLY", "apply")
        .env("KP_POINTS", "1")
        .output()
        .unwrap();
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    if ran.status.code() == Some(2) {
        println!("skipped: the tool cannot run here: {err}");
        return;
    }
    assert_eq!(out.trim_end(), "1 points, 0 bad", "{err}");
}

#[test]
fn a_self_test_that_cannot_begin_says_what_is_allowed() {
    for (args, told) in [
        (
            &["--crash", "--dir", "/no/such/place"][..],
            "no such directory",
        ),
        (
            &["--crash", "--dir", env!("CARGO_BIN_EXE_piton")],
            "not a directory",
        ),
        (&["--crash", "--only", "stpe"], "init, move, taste"),
        (&["--crash", "--every", "0"], "--every"),
        (&[], "--crash"),
    ] {
        let ran = selftest(args);
        let err = text(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{err}");
        assert!(err.contains(told), "{err}");
    }
}

#[test]
fn with_json_the_outcome_is_one_document() {
    if !piton_selftest::trace::SUPPORTED {
        return;
    }
    let ran = selftest(&["--crash", "--only", "set", "--point", "1", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(document["format"], "piton/1");
    assert_eq!(document["result"]["points"], 1);
    assert_eq!(document["result"]["scenarios"][0]["name"], "set");
}

#[test]
fn a_sealed_program_cannot_do_what_it_must_not() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().to_str().unwrap();
    let ran = selftest(&["--seal", "--dir", place]);
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    if err.contains("no Landlock") {
        assert_eq!(ran.status.code(), Some(1), "{err}");
        eprintln!("skipped: this kernel has no seal");
        return;
    }
    assert!(ran.status.success(), "{out}{err}");
    assert!(out.contains("refused  write a file of the user's"), "{out}");
    assert!(out.contains("works    write a file in its slot"), "{out}");
    assert!(out.ends_with(" tried, 0 bad\n"), "{out}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
