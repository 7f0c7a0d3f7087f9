//! What is below an error.

use std::error::Error;

/// Returns the errors below this one, the nearest first.
pub fn causes<'e>(error: &'e dyn Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// Tells an error with everything below it on one line. A cause that the text
/// above it already contains adds nothing and is left out.
pub fn on_one_line(error: &dyn Error) -> String {
    let mut last = error.to_string();
    let mut line = last.clone();
    for cause in causes(error) {
        let text = cause.to_string();
        if !last.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        last = text;
    }
    line
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        #[source]
        below: Box<dyn Error + Send + Sync>,
    }

    fn layer(text: &'static str, below: impl Error + Send + Sync + 'static) -> Layer {
        Layer {
            text,
            below: Box::new(below),
        }
    }

    #[test]
    fn causes_are_told_once_each_and_in_order() {
        let error = layer(
            "read a",
            layer("no luck: disk full", io::Error::other("disk full")),
        );
        assert_eq!(causes(&error).count(), 2);
        assert_eq!(on_one_line(&error), "read a: no luck: disk full");
        assert_eq!(on_one_line(&io::Error::other("alone")), "alone");
    }
}
