//! Text that a person gives on the command line.

/// Reads text. Lists begin with a dash, and so may text; a single word that does
/// is an option that was meant, after one whose text was forgotten.
pub(crate) fn text(written: &str) -> Result<String, String> {
    let is_option = written.len() > 1
        && written.starts_with('-')
        && !written.contains(|c: char| c.is_whitespace());
    if is_option {
        return Err("a single word that begins with `-` looks like an option".to_owned());
    }
    Ok(written.to_owned())
}
