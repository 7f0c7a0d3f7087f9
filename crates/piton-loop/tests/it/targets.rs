//! What actions work on.

use piton_loop::targets::select::Selectors;
use piton_loop::targets::{Selection, Source, Target, dice, line};
use piton_migration::own::TargetProvenance;
use proptest::prelude::*;

fn tracked() -> Vec<String> {
    ["README.md", "src/a.rs", "src/b/c.rs", "tests/ä.rs"]
        .map(str::to_owned)
        .to_vec()
}

fn picked(source: &Source, seed: u64, taken: u32) -> Option<Target> {
    let (place, target) = source.pick(seed, taken, &|_| true)?;
    assert_eq!(place, taken);
    Some(target)
}

fn files(source: &Source, taken: u32) -> Vec<String> {
    picked(source, 7, taken).map_or_else(Vec::new, |it| it.files)
}

#[test]
fn the_first_selector_that_is_given_counts() {
    let all = Selectors {
        targets: Some(Vec::new()),
        globs: Some("**/*.rs".to_owned()),
        extensions: Some("md".to_owned()),
        paths: Some("x".to_owned()),
    };
    let without = |n: usize| Selectors {
        targets: all.targets.clone().filter(|_| n < 1),
        globs: all.globs.clone().filter(|_| n < 2),
        extensions: all.extensions.clone().filter(|_| n < 3),
        paths: all.paths.clone().filter(|_| n < 4),
    };
    assert!(matches!(without(0).selection(), Selection::Targets(_)));
    assert!(matches!(without(1).selection(), Selection::Globs(_)));
    assert!(matches!(without(2).selection(), Selection::Extensions(_)));
    assert!(matches!(without(3).selection(), Selection::Paths(_)));
    assert_eq!(without(4).selection(), Selection::Random);
    let blank = Selectors {
        paths: Some(" : ".to_owned()),
        ..Selectors::default()
    };
    assert_eq!(blank.selection(), Selection::Random);
}

#[test]
fn a_pool_gives_one_file_an_action_and_repeats() {
    let source =
        Selection::Extensions(vec!["**/*.rs".to_owned()]).resolve(tracked(), Some("anything"));
    let picked: Vec<Vec<String>> = (0..50).map(|taken| files(&source, taken)).collect();
    assert!(picked.iter().all(|files| files.len() == 1));
    for file in ["src/a.rs", "src/b/c.rs", "tests/ä.rs"] {
        assert!(picked.contains(&vec![file.to_owned()]), "{file}");
    }
}

#[test]
fn patterns_that_match_nothing_leave_the_scope_or_nothing() {
    let none = Selection::Globs(vec!["*.py".to_owned()]);
    assert_eq!(none.clone().resolve(tracked(), None), Source::Nothing);
    let fallback = picked(&none.resolve(tracked(), Some("the parser")), 1, 0);
    let fallback = fallback.expect("the scope");
    assert_eq!(fallback.provenance, TargetProvenance::Fallback);
    assert_eq!(fallback.scoping.as_deref(), Some("the parser"));
}

#[test]
fn a_file_of_targets_tells_of_the_lines_it_passes_over() {
    let text = "{\"description\": \"d\", \"files\": [\"a\"], \"new\": 1}\n\nnot json\n{\"description\": \"d\", \"files\": []}\n";
    let file = line::read_file(text);
    assert_eq!(file.targets.len(), 1);
    let numbers: Vec<usize> = file.passed_over.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [3, 4]);
}

#[test]
fn the_seed_decides_in_which_order_listed_targets_are_taken_up() {
    let named = |name: &str| Target::plain(name, TargetProvenance::Targets, Vec::new());
    let names: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    let source = Source::Finite(names.iter().map(|name| named(name)).collect());
    let order = |seed| -> Vec<String> {
        let taken = (0..12).filter_map(|taken| picked(&source, seed, taken));
        taken.map(|target| target.description).collect()
    };
    assert_ne!(order(1), names);
    assert_ne!(order(1), order(2));
}

/// Whoever notes a seed gets the same choice from every version.
#[test]
fn a_seed_stands_for_the_same_choices_for_ever() {
    assert_eq!(dice::seed_of("abc"), 0xba78_16bf_8f01_cfea);
    let names = |count: u32| (0..count).map(|number| number.to_string());
    let named = |name: String| Target::plain(name, TargetProvenance::Targets, Vec::new());
    let listed = Source::Finite(names(8).map(named).collect());
    let order = (0..8).filter_map(|taken| picked(&listed, 7, taken));
    let order: Vec<String> = order.map(|target| target.description).collect();
    assert_eq!(order, ["2", "6", "5", "1", "7", "3", "0", "4"]);
    let all = Selection::Random.resolve(names(8).collect(), None);
    let few: Vec<String> = (0..3).map(|taken| files(&all, taken).concat()).collect();
    assert_eq!(few, ["01357", "14567", "13567"]);
    let pool = Source::Pool {
        provenance: TargetProvenance::Globs,
        files: names(8).collect(),
    };
    let one_by_one: String = (0..8).map(|taken| files(&pool, taken).concat()).collect();
    assert_eq!(one_by_one, "45713100");
}

#[test]
fn a_selection_tells_the_paths_that_were_named_and_the_patterns_that_were_given() {
    let list = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    let told = |selection: Selection| (selection.paths().to_vec(), selection.shown());
    let nothing = (Vec::new(), None);
    let patterns = list(["**/*.rs", "doc/*"]);
    let shown = (Vec::new(), Some("**/*.rs:doc/*".to_owned()));
    assert_eq!(told(Selection::Globs(patterns.clone())), shown);
    assert_eq!(told(Selection::Extensions(patterns)), shown);
    let paths = list(["a.rs", "b.rs"]);
    assert_eq!(told(Selection::Paths(paths.clone())), (paths, None));
    assert_eq!(told(Selection::Targets(Vec::new())), nothing);
    assert_eq!(told(Selection::Random), nothing);
}

#[test]
fn what_somebody_works_on_already_is_passed_over() {
    let target = |name: &str| Target::plain(name, TargetProvenance::Targets, vec![name.to_owned()]);
    let next = |source: &Source, taken, is_free: &dyn Fn(&Target) -> bool| {
        let (place, target) = source.pick(7, taken, is_free)?;
        Some((place, target.files))
    };
    let only = |name: &'static str| move |target: &Target| target.files == [name];
    let finite = Source::Finite(["a", "b", "c"].map(target).into());
    let order: Vec<Vec<String>> = (0..3).map(|taken| files(&finite, taken)).collect();
    let not_the_first = |target: &Target| target.files != order[0];
    assert_eq!(
        next(&finite, 0, &not_the_first),
        Some((1, order[1].clone()))
    );
    assert_eq!(next(&finite, 0, &|_| false), None);
    assert_eq!(next(&finite, 3, &|_| true), None);
    let pool = Selection::Globs(vec!["**/*.rs".to_owned()]).resolve(tracked(), None);
    let all = |name: &str| vec![name.to_owned()];
    for taken in 0..20 {
        let found = next(&pool, taken, &only("src/a.rs"));
        assert_eq!(found, Some((taken, all("src/a.rs"))));
    }
    assert_eq!(next(&pool, 0, &|_| false), None);
    let many: Vec<String> = (0..8).map(|number| format!("f{number}")).collect();
    let ambient = Selection::Random.resolve(many, None);
    for taken in 0..20 {
        let found = next(&ambient, taken, &only("f7"));
        assert_eq!(found, Some((taken, all("f7"))), "whatever was drawn");
        let busy = |target: &Target| target.files != ["f0"];
        let (_, found) = next(&ambient, taken, &busy).unwrap();
        assert!(!found.is_empty() && !found.contains(&"f0".to_owned()));
    }
    assert_eq!(next(&ambient, 0, &|_| false), None);
    let group = Selection::Paths(all("src/a.rs")).resolve(tracked(), None);
    assert_eq!(next(&group, 0, &|_| false), None);
    assert_eq!(next(&Source::Nothing, 0, &|_| true), None);
}

#[test]
fn tracked_files_are_listed_only_for_a_selection_that_chooses_among_them() {
    let of = |selection: Selection| selection.chooses_among_files();
    assert!(of(Selection::Globs(Vec::new())) && of(Selection::Extensions(Vec::new())));
    assert!(of(Selection::Random));
    assert!(!of(Selection::Targets(Vec::new())) && !of(Selection::Paths(Vec::new())));
    let nothing = Selection::Random.resolve(Vec::new(), None);
    assert_eq!(nothing, Source::Nothing);
}

proptest! {
    #[test]
    fn every_listed_target_is_taken_up_once(count in 0usize..12, seed: u64) {
        let targets: Vec<Target> = (0..count)
            .map(|n| Target::plain(n.to_string(), TargetProvenance::Targets, vec!["a".to_owned()]))
            .collect();
        let source = Source::Finite(targets);
        let mut picked: Vec<String> = (0u32..)
            .map_while(|taken| picked(&source, seed, taken))
            .map(|target| target.description)
            .collect();
        picked.sort_by_key(|name| name.parse::<usize>().expect("a number"));
        let all: Vec<String> = (0..count).map(|n| n.to_string()).collect();
        prop_assert_eq!(picked, all);
    }

    #[test]
    fn the_same_seed_and_place_give_the_same_target(head in "[0-9a-f]{40}", taken in 0u32..50) {
        let source = Selection::Random.resolve(tracked(), None);
        let seed = dice::seed_of(&head);
        prop_assert_eq!(picked(&source, seed, taken), picked(&source, seed, taken));
        prop_assert_eq!(picked(&source, seed, taken).map(|it| it.files.len()), Some(4));
    }

    #[test]
    fn no_line_can_panic(text in "\\PC{0,80}") {
        let _ = line::read_file(&text);
    }
}

#[test]
fn a_mark_of_the_encoding_before_the_first_line_is_no_part_of_it() {
    let read = line::read_file("\u{feff}{\"description\":\"x\",\"files\":[\"f\"]}\n");
    assert!(read.passed_over.is_empty(), "{:?}", read.passed_over);
    assert_eq!(read.targets[0].files, ["f"]);
}
