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
        const LIMIT: u64 = (MAX_SLOTS as u64) * (GENERATIONS as u64);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what does not fit is seen below")]
        let bits = number as u64;
        // There and back again is the same, bit for bit, for whole numbers alone: no rounding function is called.
        #[allow(clippy::cast_precision_loss, reason = "exact below 2^40, and otherwise refused")]
        if bits >= LIMIT || (bits as f64).to_bits() != number.to_bits() {
            return None;
        }
        Some(Self {
            slot: u32::try_from(bits % u64::from(MAX_SLOTS)).ok()?,
            generation: u32::try_from(bits / u64::from(MAX_SLOTS)).ok()?,
        })
    }
}
