//! What must hold for any bytes at all. The fuzz targets run the same bodies.

use piton_migration::json;
use piton_migration::manifest::Manifest;
use piton_migration::phase::{DocName, Heading, Metadata, discover, has_heading, section_text};
use piton_migration::planning::{Home, PlanningState, StageRef};
use piton_migration::slug::{Slug, prefix};
use piton_migration::text::with_newlines;

/// What decodes as a manifest encodes to something that decodes to the same.
pub(crate) fn manifest(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::decode(bytes) {
        let encoded = manifest.encode();
        assert!(encoded.is_ascii() && encoded.ends_with(b"}\n"));
        assert_eq!(Manifest::decode(&encoded).as_ref(), Ok(&manifest));
        let _ = manifest.created_at().instant();
        let _ = manifest.current_phase();
    }
}

/// What decodes as a planning record encodes to something that decodes to the
/// same, and its references never leave the migration.
pub(crate) fn planning_state(bytes: &[u8]) {
    if let Ok(state) = PlanningState::decode(bytes) {
        let encoded = state.encode();
        assert_eq!(PlanningState::decode(&encoded).as_ref(), Ok(&state));
        let home = Home::new("migrations", "m");
        for done in state.completed() {
            if let Ok(stage) = StageRef::resolve(&done.stdout, &home) {
                assert!(
                    stage
                        .tail()
                        .split('/')
                        .all(|part| !matches!(part, "" | "." | ".."))
                );
            }
        }
        let moved = state.rehomed(&home);
        assert_eq!(PlanningState::decode(&moved.encode()), Ok(moved));
    }
}

/// Any text can be asked for its sections, and a heading that is added is
/// found.
pub(crate) fn phase_document(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text = with_newlines(&text);
    for heading in [Heading::Precondition, Heading::DefinitionOfDone] {
        if let Some(section) = section_text(&text, heading) {
            assert!(has_heading(&text, heading));
            assert!(text.contains(section));
        }
        let with = format!("{text}\n## {}\n", heading.as_str());
        assert!(has_heading(&with, heading));
    }
    let _ = Metadata::read(&text);
    if let Ok(found) = discover(text.lines()) {
        for phase in found.iter().filter(|phase| !phase.name.is_empty()) {
            assert_eq!(
                DocName::parse(&phase.file).map(|doc| doc.name),
                Some(phase.name.as_str())
            );
        }
    }
    let _ = json::parse(&text);
}

/// A slug is one safe component, and every description has one.
pub(crate) fn slug(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(slug) = text.parse::<Slug>() {
        let path = std::path::Path::new(slug.as_str());
        assert_eq!(path.components().count(), 1);
        assert!(path.file_name().is_some());
        assert_eq!(slug.as_str(), text);
    }
    let prefix = prefix(&text);
    assert!(prefix.len() <= 40);
    assert!(prefix.parse::<Slug>().is_ok());
}
