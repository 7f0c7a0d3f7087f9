//! Landing in repositories of other forms: indexes, ends of lines, filters, hooks.

use std::fs;

use piton_git::landing::Obstacle;
use piton_git::slot::Filters;
use piton_seal::{Network, Request, Support};

use super::{Scene, in_the_way};

#[test]
fn an_index_of_any_kind_is_read_as_git_reads_it() {
    for settings in [
        &["index.version=2"][..],
        &["index.version=3"],
        &["index.version=4"],
        &["core.splitIndex=true"],
    ] {
        let scene = Scene::new();
        let commit = scene.usual_work();
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            scene.scratch.git(&["config", key, value]);
        }
        scene.scratch.write("added/later.md", "x\n");
        scene.scratch.git(&["add", "added"]);
        scene.scratch.git(&["update-index", "--refresh"]);
        let hidden = "--skip-worktree";
        scene.scratch.git(&["update-index", hidden, "src/a.rs"]);
        assert_eq!(
            scene.refused(&commit),
            in_the_way("src/a.rs", Obstacle::Hidden),
            "{settings:?}"
        );
        scene
            .scratch
            .git(&["update-index", "--no-skip-worktree", "src/a.rs"]);
        scene.scratch.write("src/a.rs", "staged\n");
        scene.scratch.git(&["add", "src/a.rs"]);
        scene.scratch.write("src/a.rs", "a\n");
        assert_eq!(
            scene.refused(&commit),
            in_the_way("src/a.rs", Obstacle::Changed),
            "{settings:?}"
        );
        scene.scratch.git(&["add", "src/a.rs"]);
        scene.land(&commit).unwrap();
        assert_eq!(
            scene.scratch.status(),
            "A  added/later.md\n",
            "{settings:?}"
        );
    }
}

#[test]
fn files_arrive_in_checked_out_form() {
    let scene = Scene::new();
    scene
        .scratch
        .write(".gitattributes", "*.txt text eol=crlf\n*.up filter=up\n");
    scene
        .scratch
        .git(&["config", "filter.up.smudge", "tr a-z A-Z"]);
    scene
        .scratch
        .git(&["config", "filter.up.clean", "tr A-Z a-z"]);
    scene.scratch.commit_all("attributes");
    let base = scene.head().parse().unwrap();
    let scene = Scene { base, ..scene };
    let commit = scene.work(|tree| {
        fs::write(tree.join("a.txt"), "one\r\ntwo\r\n").unwrap();
        fs::write(tree.join("a.up"), "LOUD\n").unwrap();
    });
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.read("a.txt"), "one\r\ntwo\r\n");
    assert_eq!(scene.scratch.read("a.up"), "LOUD\n");
    assert_eq!(scene.scratch.git(&["show", "HEAD:a.up"]), "loud\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn a_filter_that_runs_when_work_lands_is_sealed() {
    if Support::observe(Network::On).landlock < Support::TRUNCATE {
        return;
    }
    let mut scene = Scene::new();
    let path = std::env::var_os("PATH").unwrap();
    scene.filters = Filters::Sealed {
        request: Request::default(),
        environment: [("PATH".into(), path)].into(),
    };
    // As an earlier landing may have left it in the user's own tree.
    scene.scratch.write(
        "smudge.sh",
        "echo x >>README.md; git branch sneaky; tr a-z A-Z\n",
    );
    scene.scratch.write(".gitattributes", "*.up filter=up\n");
    scene.scratch.commit_all("attributes");
    scene
        .scratch
        .git(&["config", "filter.up.smudge", "sh smudge.sh 2>/dev/null"]);
    scene
        .scratch
        .git(&["config", "filter.up.clean", "tr A-Z a-z"]);
    scene.base = scene.head().parse().unwrap();
    let commit = scene.work(|tree| fs::write(tree.join("a.up"), "LOUD\n").unwrap());
    let before = scene.scratch.read("README.md");
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.read("a.up"), "LOUD\n");
    assert_eq!(scene.scratch.read("README.md"), before);
    assert_eq!(scene.scratch.git(&["branch", "--list", "sneaky"]), "");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn no_hook_of_the_user_s_runs_when_it_lands() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    for hook in [
        "reference-transaction",
        "post-index-change",
        "post-checkout",
        "post-commit",
    ] {
        scene
            .scratch
            .hook(hook, "#!/bin/sh\necho ran >> \"$GIT_DIR/../ran.log\"\n");
    }
    scene.land(&commit).unwrap();
    assert!(!scene.scratch.exists("ran.log"));
}

#[test]
fn caches_of_the_index_do_not_hide_what_the_user_did_nor_what_landed() {
    for settings in [
        &["core.untrackedCache=true"][..],
        &["feature.manyFiles=true"],
        &["core.fsmonitor=true"],
        &["index.skipHash=true"],
        &["index.threads=2", "index.recordEndOfIndexEntries=true"],
    ] {
        let scene = Scene::new();
        let commit = scene.usual_work();
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            scene.scratch.git(&["config", key, value]);
        }
        scene.scratch.git(&["update-index", "--force-write-index"]);
        scene.scratch.status();
        scene.scratch.write("src/a.rs", "the user's\n");
        assert_eq!(
            scene.refused(&commit),
            in_the_way("src/a.rs", Obstacle::Changed),
            "{settings:?}"
        );
        scene.scratch.git(&["restore", "src/a.rs"]);
        scene.scratch.status();
        scene.land(&commit).unwrap();
        assert_eq!(scene.scratch.status(), "", "{settings:?}");
        scene.scratch.git(&["config", "core.fsmonitor", "false"]);
        scene.scratch.git(&["update-index", "--really-refresh"]);
        assert_eq!(scene.scratch.status(), "", "{settings:?}");
    }
}

#[test]
fn ends_of_lines_are_the_user_s_in_each_way_to_say_so() {
    let cases: [(&[&str], &str, &str); 4] = [
        (&["core.autocrlf=true"], "", "a, better\r\n"),
        (&["core.autocrlf=input"], "", "a, better\n"),
        (&[], "*.rs text eol=crlf\n", "a, better\r\n"),
        (&["core.eol=crlf"], "*.rs text\n", "a, better\r\n"),
    ];
    for (settings, attributes, expected) in cases {
        let scene = Scene::new();
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            scene.scratch.git(&["config", key, value]);
        }
        let info = scene.scratch.path().join(".git/info");
        fs::create_dir_all(&info).unwrap();
        fs::write(info.join("attributes"), attributes).unwrap();
        // Laid out once more, as the settings say now.
        fs::remove_dir_all(scene.scratch.path().join("src")).unwrap();
        scene.scratch.git(&["checkout", "--quiet", "--", "."]);
        let commit = scene.work(|tree| {
            fs::write(tree.join("src/a.rs"), "a, better\n").unwrap();
        });
        scene.land(&commit).unwrap();
        assert_eq!(scene.scratch.read("src/a.rs"), expected, "{settings:?}");
        assert_eq!(scene.scratch.status(), "", "{settings:?}");
        let stored = scene.scratch.git(&["cat-file", "blob", "HEAD:src/a.rs"]);
        assert_eq!(stored, "a, better\n", "{settings:?}");
    }
}
