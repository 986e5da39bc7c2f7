//! Levels in dB relative to full scale, where full scale is 1.

/// The least level that is told, in dB: that of digital silence too, since JSON has no infinity.
pub(crate) const FLOOR_DB: f64 = -120.0;

/// `10 · log10(power)`, not below [`FLOOR_DB`]. The power of a sine of amplitude a is a² / 2.
pub(crate) fn power_db(power: f64) -> f64 {
    at_least_floor(10.0 * power.log10())
}

/// `20 · log10(amplitude)`, not below [`FLOOR_DB`].
pub(crate) fn amplitude_db(amplitude: f64) -> f64 {
    at_least_floor(20.0 * amplitude.log10())
}

/// `db`, or the floor where it lies below it or is no number.
pub(crate) fn at_least_floor(db: f64) -> f64 {
    db.max(FLOOR_DB)
}

/// To a hundredth of a dB: what a meter can mean, and short as JSON.
pub(crate) fn rounded(db: f64) -> f64 {
    (db * 100.0).round() / 100.0
}

/// The power that a level in dB stands for.
pub(crate) fn power_of(db: f64) -> f64 {
    10_f64.powf(db / 10.0)
}

/// `sample`, or 0 where it is not-a-number or infinite: one such sample would spoil every sum after it.
pub(crate) fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_hand_and_the_floor() {
        assert!((power_db(0.5) - -3.0103).abs() < 1e-4);
        assert!((amplitude_db(0.1) - -20.0).abs() < 1e-12);
        assert!((power_of(-50.0) - 1e-5).abs() < 1e-18);
        for nothing in [power_db(0.0), amplitude_db(0.0), amplitude_db(1e-9), at_least_floor(f64::NAN)] {
            assert!((nothing - FLOOR_DB).abs() < 1e-12);
        }
        assert!((rounded(-3.0103) - -3.01).abs() < 1e-12);
    }
}
