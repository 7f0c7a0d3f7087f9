//! The `Link` header, which names the next page.

/// Returns the address of the next page.
pub(super) fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>')?;
        let address = &rest[start + 1..end];
        let after = &rest[end + 1..];
        let parameters = &after[..after.find('<').unwrap_or(after.len())];
        let is_next = parameters.split(';').any(|parameter| {
            let parameter = parameter.trim().trim_end_matches(',').trim();
            parameter.strip_prefix("rel=").is_some_and(|value| {
                value
                    .trim_matches('"')
                    .split_whitespace()
                    .any(|word| word == "next")
            })
        });
        if is_next {
            return Some(address);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_wherever_it_stands() {
        for header in [
            r#"<https://x/a?page=2>; rel="next", <https://x/a?page=9>; rel="last""#,
            r#"<https://x/a?page=9>; rel="last", <https://x/a?page=2>; title="a"; rel="next""#,
            "<https://x/a?page=2>; rel=next",
        ] {
            assert_eq!(next(header), Some("https://x/a?page=2"), "{header}");
        }
    }

    #[test]
    fn the_last_page_has_none() {
        for header in [
            r#"<https://x/a>; rel="prev", <https://x/a>; rel="first""#,
            "",
            "<<",
            "<a",
        ] {
            assert_eq!(next(header), None, "{header}");
        }
    }
}
