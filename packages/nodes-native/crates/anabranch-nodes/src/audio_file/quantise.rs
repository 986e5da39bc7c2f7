//! Floats as whole numbers.

/// `sample` in steps of 2^-(bits - 1), to the nearest, halves to even; clipped at full scale, never wrapped. Not-a-number is
/// silence.
#[allow(clippy::cast_possible_truncation, reason = "clipped to the range of `bits` before")]
pub(crate) fn quantise(sample: f32, bits: u32) -> i32 {
    let scale = f64::from(1_u32 << (bits - 1));
    // Not-a-number becomes 0 in the cast.
    (f64::from(sample) * scale).round_ties_even().clamp(-scale, scale - 1.0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_and_clips() {
        for (sample, bits, expected) in [
            (0.0, 16, 0),
            (-1.0, 16, -32_768),
            (1.0, 16, 32_767),
            (2.5, 16, 32_767),
            (f32::INFINITY, 16, 32_767),
            (f32::NEG_INFINITY, 24, -8_388_608),
            (1.0, 24, 8_388_607),
            (f32::NAN, 16, 0),
            (0.5 / 32_768.0, 16, 0),
            (1.5 / 32_768.0, 16, 2),
            (-1.5 / 32_768.0, 16, -2),
            (0.4 / 32_768.0, 16, 0),
        ] {
            assert_eq!(quantise(sample, bits), expected, "{sample} in {bits} bits");
        }
    }

    #[test]
    fn gives_back_every_16_bit_number() {
        for number in i16::MIN..=i16::MAX {
            assert_eq!(quantise(f32::from(number) / 32_768.0, 16), i32::from(number));
        }
    }
}
