use std::path::Path;
use std::str::FromStr;

use piton_durable::TreeDigest;
use piton_testkit::SimDisk;
use serde_json::Value;

fn check(arrange: impl Fn(&SimDisk), expected: &str) {
    let disk = SimDisk::new();
    arrange(&disk);
    assert_eq!(
        TreeDigest::of(&disk, Path::new("/m")).unwrap().as_str(),
        expected
    );
}

#[test]
fn a_missing_tree_has_a_digest_of_its_own() {
    let missing = "ffa3512ecda2d4f5d99901737470967b58f0cac32ee1361f8c90a31e792688d5";
    check(|_| {}, missing);
    check(|disk| disk.put_symlink("/m", "/nowhere"), missing);
    assert_eq!(TreeDigest::missing().as_str(), missing);
    check(
        |disk| disk.put_dir("/m"),
        "ed70a23040600d859c0b161602ca87bb2b5f596973a6b86fd483de20447baa86",
    );
}

#[test]
fn entries_are_ordered_by_the_whole_path_not_part_by_part() {
    check(
        |disk| {
            for (path, text) in [
                ("a/x", "1"),
                ("a-b", "2"),
                ("a.md", "3"),
                ("a0", "4"),
                ("B", "5"),
            ] {
                disk.put(format!("/m/{path}"), text);
            }
        },
        "5219d65fd5d6f7ed16248007142a888fa3770bcf8daa8680eabfd1b861bbfa60",
    );
}

#[test]
fn modes_count() {
    check(
        |disk| disk.put_mode("/m/a", "x", 0o644),
        "3a0d36311402ed7c8d1785b339865afbedc5c7686de4d50bdea7e6887e94290a",
    );
    check(
        |disk| disk.put_mode("/m/a", "x", 0o600),
        "c84d0c4fbc3e4731e773a53fb35233165a04864250f18632ce54313b20311550",
    );
    check(
        |disk| disk.put_mode("/m/s", "x", 0o4755),
        "c9d51edea3ad0dde66b258a97eb10fb9701372dc7a3ea3a417b33f28d00b7075",
    );
}

#[test]
fn what_cannot_be_carried_cannot_be_hashed() {
    for arrange in [
        &|disk: &SimDisk| disk.put_symlink("/m/link", "/nowhere") as _,
        &|disk: &SimDisk| disk.put_pipe("/m/pipe"),
        &|disk: &SimDisk| disk.put("/m", "a file"),
        &|disk: &SimDisk| {
            disk.put_dir("/d");
            disk.put_symlink("/m", "/d");
        },
    ] as [&dyn Fn(&SimDisk); 4]
    {
        let disk = SimDisk::new();
        arrange(&disk);
        assert!(TreeDigest::of(&disk, Path::new("/m")).is_err());
    }
}

#[test]
fn only_64_lower_case_hexadecimal_digits_are_a_digest() {
    assert!(TreeDigest::from_str(&"a0".repeat(32)).is_ok());
    for bad in [
        "",
        "abc",
        &"A0".repeat(32),
        &"g0".repeat(32),
        &"é".repeat(32),
    ] {
        assert!(TreeDigest::from_str(bad).is_err(), "{bad}");
        assert!(serde_json::from_value::<TreeDigest>(Value::from(bad)).is_err());
    }
}

#[test]
fn the_shared_vectors_hold() {
    let Some(shared) = piton_testkit::shared_dir() else {
        println!("skipped: no shared data");
        return;
    };
    let text = std::fs::read_to_string(shared.join("corpus/vectors/tree_digest.jsonl")).unwrap();
    let mut count = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let disk = SimDisk::new();
        arrange(&disk, &case["in"]);
        let found = TreeDigest::of(&disk, Path::new("/m"));
        match case["out"]["digest"].as_str() {
            Some(expected) => assert_eq!(found.unwrap().as_str(), expected, "{}", case["id"]),
            None => assert!(found.is_err(), "{}", case["id"]),
        }
        count += 1;
    }
    println!("{count} vectors");
    assert!(count > 0);
}

fn arrange(disk: &SimDisk, input: &Value) {
    match input["root_is"].as_str() {
        Some("symlink-to-dir") => {
            disk.put_dir("/d");
            disk.put_symlink("/m", "/d");
            return;
        }
        Some("file") => return disk.put("/m", "x"),
        Some("dangling-symlink") => return disk.put_symlink("/m", "/nowhere"),
        Some(other) => panic!("a root that is a {other}"),
        None => {}
    }
    if input["missing"] == Value::Bool(true) {
        return;
    }
    disk.put_dir("/m");
    for node in input["tree"].as_array().into_iter().flatten() {
        let path = format!("/m/{}", node["path"].as_str().unwrap());
        let mode = node["mode"]
            .as_str()
            .map(|mode| u32::from_str_radix(mode, 8).unwrap());
        match node["type"].as_str().unwrap() {
            "dir" => disk.put_dir(&path),
            "file" => {
                let bytes = match node["hex"].as_str() {
                    Some(hex) => (0..hex.len() / 2)
                        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
                        .collect(),
                    None => node["content"].as_str().unwrap().as_bytes().to_vec(),
                };
                disk.put_mode(&path, bytes, mode.unwrap_or(0o644));
            }
            "symlink" => disk.put_symlink(&path, node["target"].as_str().unwrap()),
            _ => disk.put_pipe(&path),
        }
    }
}
