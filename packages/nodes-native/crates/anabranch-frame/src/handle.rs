//! The number by which JavaScript names a frame.

use crate::word::GENERATIONS;

/// As many slots may a pool have.
pub const MAX_SLOTS: u32 = 1 << 20;

/// A frame of a pool: slot + generation · 2^20, an exact JavaScript number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    /// Counted over the whole pool, below [`MAX_SLOTS`].
    pub slot: u32,
    /// Below [`GENERATIONS`].
    pub generation: u32,
}

impl Handle {
    /// As JavaScript sees it.
    #[must_use]
    pub fn to_number(self) -> f64 {
        f64::from(self.slot) + f64::from(self.generation) * f64::from(MAX_SLOTS)
    }

    /// Back from JavaScript; `None` for a number that was never a handle.
    #[must_use]
    pub fn from_number(number: f64) -> Option<Self> {
        if !(0.0..f64::from(MAX_SLOTS) * f64::from(GENERATIONS)).contains(&number) || number.fract() != 0.0 {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and below 2^40, checked above"
        )]
        let bits = number as u64;
        Some(Self {
            slot: u32::try_from(bits % u64::from(MAX_SLOTS)).ok()?,
            generation: u32::try_from(bits / u64::from(MAX_SLOTS)).ok()?,
        })
    }
}
