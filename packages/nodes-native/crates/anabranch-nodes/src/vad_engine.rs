//! What says how likely a frame is speech.

use crate::decibel::power_db;
pub(crate) use crate::speech_network::FRAME;
use crate::speech_network::SpeechNetwork;

/// One of the engines, with its state.
pub(crate) enum Engine {
    /// The network of earshot; with its tables it takes about 30 KB.
    Earshot(Box<SpeechNetwork>),
    /// The level above a noise floor.
    Energy(NoiseFloor),
}

impl Engine {
    pub(crate) fn earshot() -> Self {
        Self::Earshot(Box::new(SpeechNetwork::new()))
    }

    pub(crate) fn energy() -> Self {
        Self::Energy(NoiseFloor::new())
    }

    /// The probability of speech in `frame`, whose samples lie in −1 … 1 and whose mean square is `power`.
    pub(crate) fn probability(&mut self, frame: &[f32; FRAME], power: f64) -> f64 {
        match self {
            Self::Earshot(network) => f64::from(network.probability(frame)),
            Self::Energy(floor) => floor.probability(power_db(power)),
        }
    }

    pub(crate) fn reset(&mut self) {
        match self {
            Self::Earshot(network) => network.reset(),
            Self::Energy(floor) => *floor = NoiseFloor::new(),
        }
    }
}

/// The level of a stream's pauses in dBFS. It falls half of the way to each quieter frame, rises by 3 dB a second under
/// louder ones, and is never below −70 dBFS, so that a faint hiss after digital silence is no speech.
#[derive(Debug)]
pub(crate) struct NoiseFloor {
    db: f64,
}

impl NoiseFloor {
    const LEAST_DB: f64 = -70.0;
    const FIRST_DB: f64 = -60.0;
    /// 3 dB a second, in frames of 16 ms.
    const RISE_DB: f64 = 0.048;
    /// As far above the floor a frame is as likely speech as not.
    const MARGIN_DB: f64 = 8.0;
    /// How fast that changes: at margin + 2 · slope the probability is 0.88.
    const SLOPE_DB: f64 = 2.0;

    fn new() -> Self {
        Self { db: Self::FIRST_DB }
    }

    /// `1 / (1 + exp(−(level − floor − 8) / 2))`, and then the floor follows the level.
    fn probability(&mut self, level_db: f64) -> f64 {
        let above = level_db - self.db - Self::MARGIN_DB;
        let follow = if level_db < self.db { (level_db - self.db) / 2.0 } else { Self::RISE_DB };
        self.db = (self.db + follow).max(Self::LEAST_DB);
        1.0 / (1.0 + (-above / Self::SLOPE_DB).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_falls_fast_rises_slowly_and_has_a_bottom() {
        let mut floor = NoiseFloor::new();
        // 8 dB above the first floor of −60 dBFS: by the formula 1 / (1 + e^0).
        assert!((floor.probability(-52.0) - 0.5).abs() < 1e-12);
        assert!((floor.db - -59.952).abs() < 1e-9);
        for _ in 0..100 {
            assert!(floor.probability(-120.0) < 1e-6);
        }
        assert!((floor.db - NoiseFloor::LEAST_DB).abs() < 1e-9);
        let one_second = 1000 / 16;
        for _ in 0..one_second {
            floor.probability(-30.0);
        }
        assert!((floor.db - (NoiseFloor::LEAST_DB + 62.0 * 0.048)).abs() < 1e-9);
    }
}
