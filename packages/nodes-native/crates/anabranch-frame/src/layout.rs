//! Where the words of a slab's slots are.

/// Slots have numbers from `slab · SLOTS_PER_SLAB` on.
pub const SLOTS_PER_SLAB: u32 = 1024;

/// Int32 words of hints before the first slot's line.
pub const FREE_WORDS: usize = 32;

/// Bytes of a slot's line, of which the first Int32 is its word.
pub const LINE_BYTES: usize = 64;

/// The index of the word of the slot at `place` of its slab, in Int32 words.
#[must_use]
pub const fn word_at(place: usize) -> usize {
    FREE_WORDS + place * (LINE_BYTES / size_of::<i32>())
}
