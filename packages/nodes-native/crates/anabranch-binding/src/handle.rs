//! The number by which JavaScript names a node.

/// Slot, generation and owner in 52 bits, so that a handle is an exact JavaScript number and neither a handle of a
/// dropped node nor one of another thread ever names a node by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle {
    /// Index in the table of its thread.
    pub(crate) slot: u32,
    /// How often the slot had been used before.
    pub(crate) generation: u32,
    /// The table it belongs to.
    pub(crate) owner: u32,
}

const SLOT_BITS: u32 = 20;
const GENERATION_BITS: u32 = 20;
const OWNER_BITS: u32 = 12;

/// How many nodes one thread can have at a time.
pub(crate) const MAX_SLOTS: u32 = 1 << SLOT_BITS;
/// Generations wrap here.
pub(crate) const GENERATIONS: u32 = 1 << GENERATION_BITS;
/// Owners wrap here.
pub(crate) const OWNERS: u32 = 1 << OWNER_BITS;

impl Handle {
    /// As JavaScript sees it.
    #[allow(clippy::cast_precision_loss, reason = "52 bits are exact in f64")]
    pub(crate) fn to_number(self) -> f64 {
        let upper = (u64::from(self.owner) << GENERATION_BITS) | u64::from(self.generation);
        ((upper << SLOT_BITS) | u64::from(self.slot)) as f64
    }

    /// Back from JavaScript; `None` for a number that was never a handle.
    pub(crate) fn from_number(number: f64) -> Option<Self> {
        const LIMIT: u64 = 1 << (SLOT_BITS + GENERATION_BITS + OWNER_BITS);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what does not fit is seen below")]
        let bits = number as u64;
        #[allow(clippy::cast_precision_loss, reason = "exact below the limit, and otherwise refused")]
        if bits >= LIMIT || (bits as f64).to_bits() != number.to_bits() {
            return None;
        }
        let part = |shift: u32, width: u32| u32::try_from((bits >> shift) & ((1 << width) - 1)).ok();
        Some(Self {
            slot: part(0, SLOT_BITS)?,
            generation: part(SLOT_BITS, GENERATION_BITS)?,
            owner: part(SLOT_BITS + GENERATION_BITS, OWNER_BITS)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handle_comes_back() {
        for (slot, generation, owner) in [(0, 0, 0), (1, 2, 3), (MAX_SLOTS - 1, GENERATIONS - 1, OWNERS - 1)] {
            let handle = Handle { slot, generation, owner };
            assert_eq!(Handle::from_number(handle.to_number()), Some(handle));
        }
    }

    #[test]
    fn numbers_that_were_never_handles_are_none() {
        for number in [-1.0, 0.5, f64::NAN, f64::INFINITY, 4_503_599_627_370_496.0] {
            assert_eq!(Handle::from_number(number), None, "{number}");
        }
    }
}
