//! Cutting a stream of bytes into lines without ever holding a whole stream.

/// The longest line that is kept; the final result of an agent is one line.
const LONGEST: usize = 16 << 20;

/// Collects chunks and hands out whole lines. A line longer than the bound is
/// dropped as it comes and only counted.
#[derive(Debug)]
pub struct Lines {
    held: Vec<u8>,
    longest: usize,
    dropping: bool,
    dropped: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self::bounded(LONGEST)
    }
}

impl Lines {
    pub(crate) fn bounded(longest: usize) -> Self {
        Self {
            held: Vec::new(),
            longest,
            dropping: false,
            dropped: 0,
        }
    }

    /// Takes a chunk and calls `each` for every line it completes. Lines end at
    /// LF alone: other line breaks may stand raw inside a JSON string.
    pub(crate) fn feed(&mut self, chunk: &[u8], mut each: impl FnMut(&[u8])) {
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            if self.held.is_empty() && !self.dropping && line.len() <= self.longest {
                each(line);
            } else {
                self.hold(line);
                if !std::mem::take(&mut self.dropping) {
                    each(&self.held);
                }
                self.held.clear();
            }
            rest = after;
        }
        self.hold(rest);
    }

    /// Hands out what stands after the last line break, if anything.
    pub(crate) fn finish(mut self, mut each: impl FnMut(&[u8])) -> u64 {
        if !self.held.is_empty() && !self.dropping {
            each(&self.held);
        }
        self.held.clear();
        self.dropped
    }

    fn hold(&mut self, part: &[u8]) {
        if self.dropping {
            return;
        }
        if self.held.len() + part.len() > self.longest {
            self.dropping = true;
            self.dropped += 1;
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines_of(chunks: &[Vec<u8>], longest: usize) -> (Vec<Vec<u8>>, u64) {
        let mut lines = Lines::bounded(longest);
        let mut found = Vec::new();
        for chunk in chunks {
            lines.feed(chunk, |line| found.push(line.to_vec()));
        }
        let dropped = lines.finish(|line| found.push(line.to_vec()));
        (found, dropped)
    }

    #[test]
    fn a_line_that_is_too_long_is_dropped_and_the_next_one_is_read() {
        let chunks = [b"abcd".to_vec(), b"efgh\nok\n".to_vec(), b"123456".to_vec()];
        assert_eq!(lines_of(&chunks, 5), (vec![b"ok".to_vec()], 2));
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_the_stream_was_cut(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..80),
            cuts in proptest::collection::vec(1usize..9, 1..20),
        ) {
            let mut chunks = Vec::new();
            let mut rest = &text[..];
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (chunk, after) = rest.split_at((*cut).min(rest.len()));
                chunks.push(chunk.to_vec());
                rest = after;
            }
            let whole = lines_of(std::slice::from_ref(&text), 1000);
            prop_assert_eq!(lines_of(&chunks, 1000), whole);
            prop_assert_eq!(lines_of(&chunks, 6), lines_of(&[text], 6));
        }
    }
}
