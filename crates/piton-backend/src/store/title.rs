//! Titles of plans, and the short names made of them.

const PREFIXES: [&str; 3] = ["Plan: ", "Implementation Plan: ", "Documentation Plan: "];

/// Returns the title of a plan: its first heading, else its first line.
pub fn title_of(plan: &str) -> String {
    // What some editors put before a text is no part of it.
    let plan = plan.trim_start_matches('\u{feff}');
    let heading = |mark: &str| {
        plan.lines()
            .find_map(|line| line.strip_prefix(mark))
            .map(str::trim)
            .filter(|title| !title.is_empty())
    };
    let line = || {
        plan.lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && *line != "---")
    };
    let found = heading("# ").or_else(|| heading("## ")).or_else(line);
    let title = plain_title(found.unwrap_or_default());
    if title.is_empty() {
        "Implementation Plan".to_owned()
    } else {
        title
    }
}

/// Returns a title on one line, without emphasis, without the word "plan" in
/// front, and not too long.
pub fn plain_title(title: &str) -> String {
    let bare: String = title
        .chars()
        .filter(|c| !matches!(c, '`' | '*'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let bare = bare.trim();
    let bare = PREFIXES
        .into_iter()
        .find_map(|prefix| bare.strip_prefix(prefix))
        .unwrap_or(bare);
    bare.chars().take(100).collect::<String>().trim().to_owned()
}

/// Returns a short name: small letters, digits and single dashes.
pub fn slug(title: &str) -> String {
    let mut out = piton_base::text::dashed(title);
    out.truncate(31);
    let out = out.trim_matches('-');
    if out.is_empty() { "work" } else { out }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{slug, title_of};

    #[test]
    fn a_title_is_the_first_heading_in_plain_words() {
        assert_eq!(title_of("x\n# Plan: Add a `cache`\n"), "Add a cache");
        assert_eq!(title_of("\u{feff}# Add a cache\r\n"), "Add a cache");
        assert_eq!(title_of("# Add\ta\u{7}cache\n"), "Add a cache");
        assert_eq!(title_of("---\n\n**Do** it"), "Do it");
        assert_eq!(title_of(""), "Implementation Plan");
    }

    #[test]
    fn a_slug_is_short_and_plain() {
        assert_eq!(slug("Add a cache, please!"), "add-a-cache-please");
        assert_eq!(slug("日本"), "work");
        assert!(slug(&"long words ".repeat(9)).len() <= 31);
    }
}
