//! The files of a new work folder.

use super::reference::PlanRef;

/// What a new folder holds: names within it and their texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFiles(pub Vec<(&'static str, String)>);

pub fn folder_files(plan: &str, reference: &PlanRef) -> FolderFiles {
    FolderFiles(vec![
        ("plan.md", plan.to_owned()),
        ("plan-ref.json", reference.render()),
    ])
}
