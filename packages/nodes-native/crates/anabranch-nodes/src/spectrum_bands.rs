//! Bands of a spectrum, equally wide on a logarithmic scale.

use std::ops::Range;

/// Gives the power in each band from the power in each bin. Edge j of B bands is `min · (max / min)^(j / B)` Hz, where
/// max is half of the sample rate. Bin k stands for the frequencies `(k ± ½) · rate / size`, as far as they are between 0
/// and max, and its power is spread evenly over them; so the bands' powers add up to the power above `min`.
#[derive(Debug, Default)]
pub(crate) struct SpectrumBands {
    /// Which bins a band takes from, and where its shares of them begin.
    bands: Vec<(Range<usize>, usize)>,
    /// Which part of its bin a band takes.
    shares: Vec<f64>,
}

impl SpectrumBands {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few bins")]
    pub(crate) fn new(count: u32, min_hz: f64, sample_rate: u32, size: usize) -> Self {
        let max_hz = f64::from(sample_rate) / 2.0;
        let bin_hz = f64::from(sample_rate) / size as f64;
        let last_bin = size / 2;
        let edge = |index: u32| min_hz * (max_hz / min_hz).powf(f64::from(index) / f64::from(count));
        let mut made = Self::default();
        for band in 0..count {
            let (low, high) = (edge(band), edge(band + 1));
            let bins = (low / bin_hz).round() as usize..((high / bin_hz).round() as usize).min(last_bin) + 1;
            made.bands.push((bins.clone(), made.shares.len()));
            for bin in bins {
                let from = ((bin as f64 - 0.5) * bin_hz).max(0.0);
                let to = ((bin as f64 + 0.5) * bin_hz).min(max_hz);
                let shared = (high.min(to) - low.max(from)).max(0.0);
                made.shares.push(shared / (to - from));
            }
        }
        made
    }

    /// The power of each band.
    pub(crate) fn powers<'a>(&'a self, bins: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.bands.iter().map(|(range, first)| {
            let shares = &self.shares[*first..*first + range.len()];
            bins[range.clone()].iter().zip(shares).map(|(power, share)| power * share).sum()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_band_from_nearly_zero_takes_everything() {
        let bands = SpectrumBands::new(1, 1e-9, 8000, 16);
        let powers: Vec<f64> = bands.powers(&[1.0; 9]).collect();
        assert!((powers[0] - 9.0).abs() < 1e-6);
    }

    #[test]
    fn bins_are_shared_out_by_hand() {
        // 8 kHz, 16 samples: bins 500 Hz apart. Two bands from 1 kHz: 1000, 2000, 4000 Hz.
        let bands = SpectrumBands::new(2, 1000.0, 8000, 16);
        let bins: Vec<f64> = (0..9).map(f64::from).collect();
        let powers: Vec<f64> = bands.powers(&bins).collect();
        // Half of bin 2 (750–1250 Hz), all of 3, half of 4 (1750–2250); then the other half of 4, 5, 6, 7 and 8.
        assert!((powers[0] - 6.0).abs() < 1e-9, "{powers:?}");
        assert!((powers[1] - 28.0).abs() < 1e-9, "{powers:?}");
    }

    #[test]
    fn bands_narrower_than_a_bin_share_it() {
        let bands = SpectrumBands::new(64, 40.0, 48_000, 256);
        let bins: Vec<f64> = vec![1.0; 129];
        let sum: f64 = bands.powers(&bins).sum();
        // Bins 0 and 128 are half as wide: 40 Hz of 93.75 Hz are missing.
        assert!((sum - (129.0 - 40.0 / 93.75)).abs() < 1e-9, "{sum}");
    }
}
