//! What a piece of work is: its kind, its name, its files.

use piton_loop::deciding::memory::Tried;
use piton_loop::runs::ActionKind;
use piton_loop::work::Piece;

/// Returns what a piece of work tries.
pub(super) fn tried(piece: &Piece) -> Tried {
    match piece.slug() {
        Some(slug) => Tried::Migration(slug.clone()),
        None => Tried::Source,
    }
}

/// Returns what people know a piece of work by.
pub(super) fn label_of(piece: &Piece) -> String {
    match piece {
        Piece::Plan(slug) | Piece::Phase(slug) => slug.to_string(),
        Piece::Source(source) => source.target.description.clone(),
    }
}

/// Returns what an action on a piece of work is called.
pub(super) const fn kind_of(piece: &Piece) -> ActionKind {
    match piece {
        Piece::Plan(_) => ActionKind::Plan,
        Piece::Phase(_) => ActionKind::Phase,
        Piece::Source(_) => ActionKind::CleanUp,
    }
}

/// Returns the files that a piece of work is about, where it names any.
pub(super) fn files_of(piece: &Piece) -> &[String] {
    match piece {
        Piece::Source(source) => &source.target.files,
        Piece::Plan(_) | Piece::Phase(_) => &[],
    }
}
