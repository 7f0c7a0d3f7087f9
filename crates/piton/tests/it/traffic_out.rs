//! Getting numbers out, and tracking away.

use serde_json::{Value, json};

use crate::traffic::on;
use crate::traffic_stage::{collect, day, running};

#[test]
fn exports_are_whole_and_hold_no_formula() {
    let (env, fake) = running();
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        let evil = json!({"referrer": "=HYPERLINK(\"http://x\")", "count": 3, "uniques": 2});
        repo.traffic.insert("referrers".to_owned(), vec![evil]);
    });
    collect(&env, &fake);
    let csv = on(&env, &fake, &["traffic", "export"]);
    assert_eq!(csv.stdout.lines().count(), 15, "{}", csv.stdout);
    assert!(
        csv.stdout.starts_with("date,clones,uniqueClones,"),
        "{}",
        csv.stdout
    );
    let csv = on(&env, &fake, &["traffic", "export", "--what", "referrers"]);
    assert!(csv.stdout.contains("\"'=HYPERLINK"), "{}", csv.stdout);
    let json = on(
        &env,
        &fake,
        &["traffic", "export", "--format", "json", "--from", &day(1)],
    );
    let rows: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(rows[0]["clones"], 5);
    let markdown = on(&env, &fake, &["traffic", "badge", "installs"]);
    assert!(
        markdown
            .stdout
            .starts_with("[![installs](https://img.shields.io/endpoint?url=")
    );
    assert_eq!(markdown.stdout.lines().count(), 1);
}

#[test]
fn nothing_is_removed_where_a_file_of_tracking_cannot_be_read() {
    for path in [
        ".github/workflows/traffic-badges.yml",
        "docs/stats/index.html",
    ] {
        let (env, fake) = running();
        let file = env.path().join(path);
        let aside = env.home.path().join("aside");
        std::fs::rename(&file, &aside).unwrap();
        std::os::unix::fs::symlink(&aside, &file).unwrap();
        let before = fake.world(|world| format!("{:?}", world.repo("acme/widget").variables));
        let ran = on(&env, &fake, &["traffic", "remove", "-y"]);
        assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(path), "{}", ran.stderr);
        assert!(ran.stderr.contains("nothing was changed"), "{}", ran.stderr);
        let after = fake.world(|world| format!("{:?}", world.repo("acme/widget").variables));
        assert_eq!(after, before);
        std::fs::remove_file(&file).unwrap();
        std::fs::rename(&aside, &file).unwrap();
        let ran = on(&env, &fake, &["traffic", "remove", "-y"]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert!(!file.exists());
    }
}

#[test]
fn removing_always_asks_and_leaves_the_numbers_unless_told() {
    let (env, fake) = running();
    let refused = on(&env, &fake, &["traffic", "remove"]);
    assert_eq!(refused.code, 3, "{}{}", refused.stdout, refused.stderr);
    env.repo.write("docs/stats/README.md", "mine\n");
    let ran = on(&env, &fake, &["traffic", "remove", "-y"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!env.repo.exists(".github/workflows/traffic-badges.yml"));
    assert!(
        env.repo.exists("docs/stats/README.md"),
        "nobody of ours wrote that"
    );
    fake.world(|world| {
        assert_eq!(world.gists.len(), 2);
        let repo = world.repo("acme/widget");
        assert!(repo.variables.is_empty() && repo.secrets.is_empty());
    });
    let list = std::fs::read_to_string(env.home.path().join(".ghtraf/config.json")).unwrap();
    assert!(!list.contains("acme/widget"), "{list}");
    let args = [
        "traffic",
        "remove",
        "--repo",
        "acme/widget",
        "--delete-gists",
        "-y",
    ];
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(fake.world(|world| world.gists.is_empty()));
    assert_eq!(fake.violations(), [""; 0]);
}
