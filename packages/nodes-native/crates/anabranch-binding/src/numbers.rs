//! Checks of numbers from JavaScript. napi would turn -1 into 4294967295 and 1.9 into 1, so doors take f64.

use anabranch_node::{ErrorCode, NodeError};

/// A whole number of Hz or channels, as u32.
#[inline]
pub(crate) fn whole(name: &str, value: f64) -> Result<u32, NodeError> {
    exact(value).ok_or_else(|| not_whole(name, value))
}

#[cold]
fn not_whole(name: &str, value: f64) -> NodeError {
    NodeError::new(ErrorCode::AudioFormat, format!("{name} {value} is not a whole number"))
}

/// A whole number from 0 that counts or indexes.
#[inline]
pub(crate) fn index(name: &str, value: f64) -> Result<usize, NodeError> {
    exact(value).map(|number| number as usize).ok_or_else(|| no_index(name, value))
}

#[cold]
fn no_index(name: &str, value: f64) -> NodeError {
    NodeError::new(ErrorCode::Native, format!("{name} {value} is no index"))
}

/// There and back again is the same, bit for bit, for whole numbers of 32 bits alone: no rounding function is called.
fn exact(value: f64) -> Option<u32> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what does not fit is changed by it, and seen"
    )]
    let number = value as u32;
    (f64::from(number).to_bits() == value.to_bits()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_numbers_alone() {
        assert_eq!(whole("rate", 16_000.0).unwrap(), 16_000);
        assert_eq!(whole("rate", f64::from(u32::MAX)).unwrap(), u32::MAX);
        for wrong in [-1.0, 1.9, 4_294_967_301.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(whole("rate", wrong).unwrap_err().code(), ErrorCode::AudioFormat, "{wrong}");
            assert_eq!(index("slot", wrong).unwrap_err().code(), ErrorCode::Native, "{wrong}");
        }
    }
}
