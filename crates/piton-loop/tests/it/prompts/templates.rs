//! Templates of a repository's own.

use std::fs;

use piton_durable::RealDisk;
use piton_loop::prompts::{Material, PromptError, PromptSet};
use piton_migration::planning::Step;

use crate::prompts::planning;

#[test]
fn a_repository_s_template_takes_the_place_of_the_program_s() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("approaches.md.j2"),
        "Plan {{ slug }}.\n{% include \"_taste.md.j2\" %}",
    )
    .unwrap();
    fs::write(
        dir.path().join("_taste.md.j2"),
        "{{ taste | quoted(\"house rules\") }}",
    )
    .unwrap();
    // What is no template is no business of piton's.
    fs::write(dir.path().join("README.md"), "Ours.").unwrap();
    fs::create_dir(dir.path().join("old.j2")).unwrap();
    let set = PromptSet::load(&RealDisk, dir.path()).unwrap();
    let prompt = set
        .planning(&planning(Step::Approaches, Material::default()))
        .unwrap();
    assert_eq!(
        prompt,
        "Plan add-api.\n```quoted: house rules\nDeleting code is best.\n```"
    );
    let other = set
        .planning(&planning(Step::Review, Material::default()))
        .unwrap();
    assert!(other.contains("house rules"));
}

fn error_of(name: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), text).unwrap();
    let rendered = PromptSet::load(&RealDisk, dir.path())
        .and_then(|set| set.planning(&planning(Step::Approaches, Material::default())));
    let error = match rendered {
        Err(error @ (PromptError::Template { .. } | PromptError::UnknownTemplate { .. })) => error,
        other => panic!("{other:?}"),
    };
    error
        .to_string()
        .replace(&dir.path().display().to_string(), "DIR")
}

#[test]
fn a_bad_template_is_named_with_its_line() {
    assert_eq!(
        error_of("approaches.md.j2", "one\n{{ slgu }}\n"),
        "in the prompt template DIR/approaches.md.j2, line 2: undefined value"
    );
    let syntax = error_of("_taste.md.j2", "one\ntwo\n{% if %}\n");
    assert!(
        syntax.starts_with("in the prompt template DIR/_taste.md.j2, line 3: syntax error"),
        "{syntax}"
    );
    let endless = error_of(
        "approaches.md.j2",
        "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
    );
    assert!(endless.contains("does not end"), "{endless}");
    for nothing in ["", " \n", "{% if false %}x{% endif %}\n"] {
        assert_eq!(
            error_of("approaches.md.j2", nothing),
            "in the prompt template DIR/approaches.md.j2: it says nothing"
        );
    }
    let unknown = error_of("aproaches.md.j2", "");
    assert!(
        unknown.contains("is named after no role and no part"),
        "{unknown}"
    );
}
