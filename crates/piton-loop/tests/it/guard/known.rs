//! Git's settings, which are asked for again only where a file changed.

use piton_durable::RealDisk;
use piton_loop::guard::{KnownSettings, Surroundings};
use piton_testkit::{SimDisk, TapDisk, input_output};

use super::Fixture;

fn value(place: &Fixture, known: &KnownSettings, key: &str) -> Option<String> {
    let around = Surroundings {
        home: Some(place.home.path().to_owned()),
        settings: Vec::new(),
    };
    let settings = known.now(&RealDisk, &place.git, &around).unwrap();
    let found = settings.iter().rfind(|setting| setting.key == key)?;
    found.value.clone()
}

#[test]
fn a_setting_that_changes_is_seen_at_once() {
    let place = Fixture::new();
    let known = KnownSettings::default();
    let now = || value(&place, &known, "user.nick");
    assert_eq!(now(), None);
    place.repo.git(&["config", "user.nick", "one"]);
    assert_eq!(now().as_deref(), Some("one"));
    place.repo.git(&["config", "user.nick", "two"]);
    assert_eq!(now().as_deref(), Some("two"));
    assert_eq!(now().as_deref(), Some("two"));
}

#[test]
fn a_file_that_is_included_is_looked_at_before_it_is_there_and_after() {
    let place = Fixture::new();
    let extra = place.home.path().join("extra");
    let extra = extra.to_str().unwrap();
    place.repo.git(&["config", "include.path", extra]);
    let known = KnownSettings::default();
    let now = || value(&place, &known, "user.nick");
    assert_eq!(now(), None);
    for nick in ["one", "two"] {
        place.repo.git(&["config", "-f", extra, "user.nick", nick]);
        assert_eq!(now().as_deref(), Some(nick));
    }
}

#[test]
fn settings_in_a_file_that_cannot_be_read_are_asked_for_each_time() {
    let place = Fixture::new();
    let unreadable = TapDisk::looking(RealDisk, |path| {
        if path.ends_with(".git/config") {
            return Err(input_output());
        }
        Ok(())
    });
    let known = KnownSettings::default();
    let around = Surroundings::default();
    for nick in ["one", "two"] {
        place.repo.git(&["config", "user.nick", nick]);
        let settings = known.now(&unreadable, &place.git, &around).unwrap();
        let found = settings.iter().rfind(|it| it.key == "user.nick").unwrap();
        assert_eq!(found.value.as_deref(), Some(nick));
    }
}

#[test]
fn where_more_than_files_decides_git_is_asked_each_time() {
    let place = Fixture::new();
    let extra = place.home.path().join("extra");
    let extra = extra.to_str().unwrap();
    place.repo.git(&["config", "-f", extra, "user.nick", "one"]);
    place
        .repo
        .git(&["config", "includeIf.onbranch:feature.path", extra]);
    let known = KnownSettings::default();
    let now = || value(&place, &known, "user.nick");
    assert_eq!(now(), None);
    place.repo.git(&["checkout", "-q", "-b", "feature"]);
    assert_eq!(now().as_deref(), Some("one"));
}

/// Tells whether git is asked once more although no file changed: the disk has
/// none of the files in which the settings stand.
fn is_asked_again(place: &Fixture) -> bool {
    let (disk, known) = (SimDisk::new(), KnownSettings::default());
    let around = Surroundings {
        home: Some(place.home.path().to_owned()),
        settings: Vec::new(),
    };
    let nick = || {
        let settings = known.now(&disk, &place.git, &around).unwrap();
        let found = settings.iter().rfind(|it| it.key == "user.nick");
        found.and_then(|it| it.value.clone())
    };
    place.repo.git(&["config", "user.nick", "one"]);
    assert_eq!(nick().as_deref(), Some("one"));
    place.repo.git(&["config", "user.nick", "two"]);
    nick().as_deref() == Some("two")
}

#[test]
fn git_is_asked_once_as_long_as_files_alone_decide_and_none_of_them_changes() {
    for (key, value) in [
        ("core.pager", "less"),
        ("core.pager", "%(prefix)/less"),
        ("core.pager", "~root/less"),
        ("include.path", "extra"),
        ("include.path", "/nowhere/extra"),
        ("include.path", "~/extra"),
    ] {
        let place = Fixture::new();
        place.repo.git(&["config", key, value]);
        assert!(!is_asked_again(&place), "{key} = {value}");
    }
}

#[test]
fn an_include_whose_place_only_git_knows_is_asked_about_each_time() {
    for value in ["~root/extra", "%(prefix)/extra"] {
        let place = Fixture::new();
        place.repo.git(&["config", "include.path", value]);
        assert!(is_asked_again(&place), "{value}");
    }
}
