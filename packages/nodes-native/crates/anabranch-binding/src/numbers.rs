//! Checks of numbers from JavaScript. napi would turn -1 into 4294967295 and 1.9 into 1, so doors take f64.

use anabranch_node::{ErrorCode, NodeError};

/// A whole number of Hz or channels, as u32.
pub(crate) fn whole(name: &str, value: f64) -> Result<u32, NodeError> {
    if value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range, checked above"
        )]
        return Ok(value as u32);
    }
    Err(NodeError::new(ErrorCode::AudioFormat, format!("{name} {value} is not a whole number")))
}

/// A whole number from 0 that counts or indexes.
pub(crate) fn index(name: &str, value: f64) -> Result<usize, NodeError> {
    if value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range, checked above"
        )]
        return Ok(value as usize);
    }
    Err(NodeError::new(ErrorCode::Native, format!("{name} {value} is no index")))
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
