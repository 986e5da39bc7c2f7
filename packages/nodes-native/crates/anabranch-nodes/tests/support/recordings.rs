//! The project's recordings, and what Silero says of them (test/fixtures/vad/README.md).

use std::path::PathBuf;

use serde_json::Value as Json;

use super::White;

/// A recording in 16-bit samples.
pub(crate) struct Recording {
    pub(crate) rate: u32,
    pub(crate) pcm: Vec<i16>,
}

fn package(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// 7 s at 16 kHz: the one on which thresholds are fixed.
pub(crate) fn austen() -> Recording {
    read_wav(package("../../examples/three-runtimes/data/austen-16k.wav"))
}

/// 44 s at 48 kHz: the one on which they are judged.
pub(crate) fn two_cities() -> Recording {
    read_wav(package("../../examples/captions/data/two-cities-48k.wav"))
}

/// Where Silero finds speech in the clean recording, in ms.
pub(crate) fn truth(name: &str) -> Vec<[f64; 2]> {
    let path = package("test/fixtures/vad").join(format!("{name}-clean.json"));
    let fixture: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    serde_json::from_value(fixture["segments_ms"].clone()).unwrap()
}

fn read_wav(path: PathBuf) -> Recording {
    let bytes = std::fs::read(path).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let (mut at, mut rate) = (12, 0);
    loop {
        let size = word(at + 4) as usize;
        match &bytes[at..at + 4] {
            b"fmt " => rate = word(at + 12),
            b"data" => {
                let data = bytes[at + 8..at + 8 + size].chunks_exact(2);
                return Recording { rate, pcm: data.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect() };
            }
            _ => {}
        }
        at += 8 + size + size % 2;
    }
}

impl Recording {
    /// The samples in −1 … 1.
    pub(crate) fn samples(&self) -> Vec<f32> {
        self.pcm.iter().map(|sample| f32::from(*sample) / 32_768.0).collect()
    }

    /// Root mean square of the whole recording at its own rate.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(crate) fn rms(&self) -> f64 {
        let squares: i64 = self.pcm.iter().map(|sample| i64::from(*sample).pow(2)).sum();
        (squares as f64 / self.pcm.len() as f64).sqrt() / 32_768.0
    }

    /// The samples at 16 kHz; from 48 kHz by a windowed sinc of 73 taps.
    pub(crate) fn at_16k(&self) -> Vec<f32> {
        if self.rate == 16_000 { self.samples() } else { third(&self.samples()) }
    }
}

/// `clean` with white noise 10 dB below `rms`.
#[allow(clippy::cast_possible_truncation, reason = "to f32 on purpose")]
pub(crate) fn with_noise_at_10_db(clean: &[f32], rms: f64) -> Vec<f32> {
    let mut white = White::new();
    let amplitude = rms * 0.316_227_766_016_837_94;
    clean.iter().map(|sample| (f64::from(*sample) + white.value() * amplitude) as f32).collect()
}

/// Every third sample, after a low pass (sinc to 0.9 of the new Nyquist frequency, Hann window).
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "short filters")]
fn third(samples: &[f32]) -> Vec<f32> {
    const HALF: usize = 36;
    let tap = |index: usize| {
        let from_middle = index as f64 - HALF as f64;
        let x = std::f64::consts::PI * from_middle * 0.9 / 3.0;
        let sinc = if index == HALF { 1.0 } else { x.sin() / x };
        let hann = 0.5 + 0.5 * (std::f64::consts::PI * from_middle / (HALF as f64 + 1.0)).cos();
        (sinc * hann * 0.9 / 3.0) as f32
    };
    let taps: Vec<f32> = (0..=2 * HALF).map(tap).collect();
    let mut padded = vec![0.0; HALF];
    padded.extend_from_slice(samples);
    padded.extend([0.0; HALF]);
    let windows = padded.windows(taps.len()).step_by(3);
    windows.map(|window| window.iter().zip(&taps).map(|(sample, tap)| sample * tap).sum()).collect()
}
