//! The state word of a slot: generation (20 bits) above refs (12 bits).

use std::sync::atomic::{AtomicI32, Ordering};

const REFS_BITS: u32 = 12;
const REFS: u32 = (1 << REFS_BITS) - 1;

/// Generations wrap here.
pub const GENERATIONS: u32 = 1 << 20;
/// The refs of a slot that is being written.
pub const WRITER: u32 = 4095;
/// As many readers may a slot have.
pub const READERS_MAX: u32 = 4094;

/// A word, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// How often the slot had been freed before, modulo [`GENERATIONS`].
    pub generation: u32,
    /// 0 free, [`WRITER`], or as many readers.
    pub refs: u32,
}

impl State {
    /// Of the word as it is in shared memory.
    #[must_use]
    pub const fn of(word: i32) -> Self {
        let bits = word.cast_unsigned();
        Self { generation: bits >> REFS_BITS, refs: bits & REFS }
    }

    /// The word. Parts that are too large lose their upper bits.
    #[must_use]
    pub const fn word(self) -> i32 {
        ((self.generation << REFS_BITS) | (self.refs & REFS)).cast_signed()
    }

    /// Free, one generation on.
    #[must_use]
    pub const fn freed(self) -> Self {
        Self { generation: (self.generation + 1) % GENERATIONS, refs: 0 }
    }

    /// The same generation with other refs.
    #[must_use]
    pub const fn with_refs(self, refs: u32) -> Self {
        Self { generation: self.generation, refs }
    }
}

/// What a word lies in. An [`AtomicI32`]; in model checks, one that is watched.
pub trait StateWord {
    /// Reads it, with [`Ordering::Acquire`].
    fn load(&self) -> i32;
    /// One compare-exchange, with [`Ordering::AcqRel`] where it changes something.
    ///
    /// # Errors
    ///
    /// What was found, where that is not `from`.
    fn exchange(&self, from: i32, to: i32) -> Result<i32, i32>;
}

impl StateWord for AtomicI32 {
    fn load(&self) -> i32 {
        Self::load(self, Ordering::Acquire)
    }

    fn exchange(&self, from: i32, to: i32) -> Result<i32, i32> {
        self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
    }
}
