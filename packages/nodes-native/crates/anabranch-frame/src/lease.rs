//! A reader's lease that ends with its scope.

use crate::error::LeaseError;
use crate::moves::{Released, release, retain};
use crate::word::StateWord;

/// One reader more for as long as this lives: for work that reads a frame while others may release theirs. Taking it is the
/// check that the frame is still there; no other is needed, before or after.
///
/// When it ends the last lease, dropping it frees the slot and nobody is told, so [`Lease::end`] is the ordinary way.
/// Dropping is for panics; the pool finds such a slot in its next sweep.
#[derive(Debug)]
pub struct Lease<'a, W: StateWord> {
    word: &'a W,
    generation: u32,
}

impl<'a, W: StateWord> Lease<'a, W> {
    /// # Errors
    ///
    /// [`LeaseError`] where the frame is not published, or no longer.
    pub fn take(word: &'a W, generation: u32) -> Result<Self, LeaseError> {
        retain(word, generation, 1)?;
        Ok(Self { word, generation })
    }

    /// Ends it, and says whether the slot is free now.
    ///
    /// # Errors
    ///
    /// [`LeaseError::Stale`] where somebody released more than he held.
    pub fn end(self) -> Result<Released, LeaseError> {
        let (word, generation) = (self.word, self.generation);
        std::mem::forget(self);
        release(word, generation)
    }
}

impl<W: StateWord> Drop for Lease<'_, W> {
    fn drop(&mut self) {
        // Of a lease that somebody else ended there is nothing left to end.
        let _ = release(self.word, self.generation);
    }
}
