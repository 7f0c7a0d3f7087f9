//! Sorting a little, so that what follows stays in the cache.

/// The number of parts: few enough that one place to write to in each stays in
/// the cache, many enough that a part of a million things does as well.
const PART_BITS: u32 = 9;

/// Fewer things stay in the cache as a whole, and are better left alone.
pub(crate) const WORTH_SORTING: usize = 1 << 15;

/// Sorts items by the upper bits of a key alone; within a part they keep their
/// order. `key_bits` is how many bits keys have.
pub(crate) fn by_part<T: Copy + Default>(
    items: impl Iterator<Item = T> + Clone,
    key_bits: u32,
    key: impl Fn(&T) -> u64,
) -> Vec<T> {
    let shift = key_bits.saturating_sub(PART_BITS);
    let part = |item: &T| usize::try_from(key(item) >> shift).unwrap_or(0);
    let mut starts = vec![0_usize; (1 << PART_BITS) + 1];
    let mut count = 0;
    // Nested iterators are fast from the inside only, so no `for` here.
    items.clone().for_each(|item| {
        starts[part(&item) + 1] += 1;
        count += 1;
    });
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut sorted = vec![T::default(); count];
    items.for_each(|item| {
        let at = &mut starts[part(&item)];
        sorted[*at] = item;
        *at += 1;
    });
    sorted
}
