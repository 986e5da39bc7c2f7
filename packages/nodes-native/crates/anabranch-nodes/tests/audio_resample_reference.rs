//! `AudioResampleNode` of quality `high` against `SciPy` and soxr: `test/fixtures/resample`, whose README says how its
//! samples were made, what the two signals are, and how closely good resamplers can agree.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::f64::consts::TAU;
use std::path::Path;

use anabranch_node::testing::{Harness, audio_of};
use anabranch_nodes::AudioResampleNode;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    signal: String,
    input_rate: u32,
    output_rate: u32,
    frames_in: u32,
    frames_out: usize,
    windows: Vec<Window>,
}

#[derive(Deserialize)]
struct Window {
    start: usize,
    scipy: Vec<f64>,
    soxr: Vec<f64>,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/fixtures/resample/resample.json");
    serde_json::from_str::<Reference>(&std::fs::read_to_string(path).unwrap()).unwrap().cases
}

impl Case {
    /// The input, by the formulas of the README.
    #[allow(clippy::cast_possible_truncation)]
    fn input(&self) -> Vec<f32> {
        let low = f64::from(self.input_rate.min(self.output_rate)) / 2.0;
        let whole = f64::from(self.frames_in) / f64::from(self.input_rate);
        let abrupt = |t: f64| {
            0.25 * (TAU * 0.037 * low * t).sin()
                + 0.20 * (TAU * 0.31 * low * t + 1.0).sin()
                + 0.15 * (TAU * 0.62 * low * t + 2.0).sin()
                + 0.10 * (TAU * 0.83 * low * t + 3.0).sin()
                + 0.20 * (TAU * (0.1 * low * t + 0.3 * low * t * t / whole)).sin()
        };
        let times = (0..self.frames_in).map(|n| f64::from(n) / f64::from(self.input_rate));
        match self.signal.as_str() {
            "abrupt" => times.map(|t| abrupt(t) as f32).collect(),
            "smooth" => times.map(|t| ((TAU / 2.0 * t / whole).sin().powi(4) * abrupt(t)) as f32).collect(),
            other => panic!("{other}"),
        }
    }

    fn output(&self) -> Vec<f32> {
        let params = json!({ "output_rate": self.output_rate, "quality": "high" });
        let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
        audio_of(&node.stream(&self.input(), self.input_rate, 1, 480).unwrap(), "output").unwrap()
    }

    /// How far, in samples of the lower rate, output sample `index` is from the nearer end.
    #[allow(clippy::cast_precision_loss)]
    fn away_from_ends(&self, index: usize) -> f64 {
        let lower = f64::from(self.input_rate.min(self.output_rate)) / f64::from(self.output_rate);
        index.min(self.frames_out - 1 - index) as f64 * lower
    }

    /// How far the output may be from `SciPy` and from soxr at `index`.
    ///
    /// Near an end of `abrupt` the filters ring, each in its own way. A step of height A through a low-pass that ends
    /// sharply at c times the lower Nyquist frequency rings by A / (π² c d) at d samples of the lower rate (the tail of
    /// the sine integral), and a softer one by less. A is at most 0.9 and c at least 0.9 here, so that two filters are
    /// never further apart than 2 / (π² d), as long as the longest of them reaches (320 samples here).
    fn tolerances(&self, index: usize) -> (f64, f64) {
        if self.signal == "smooth" {
            return (1e-5, 1e-4);
        }
        match self.away_from_ends(index) {
            near if near < 32.0 => (0.03, 0.03),
            near if near < 320.0 => (0.2 / near, 0.2 / near),
            _ => (1e-5, 1e-4),
        }
    }
}

#[test]
fn agrees_with_scipy_and_soxr() {
    let cases = cases();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let name = format!("{} from {} to {} Hz", case.signal, case.input_rate, case.output_rate);
        let output = case.output();
        assert_eq!(output.len(), case.frames_out, "{name}");
        for window in &case.windows {
            for (offset, (scipy, soxr)) in window.scipy.iter().zip(&window.soxr).enumerate() {
                let index = window.start + offset;
                let (got, (of_scipy, of_soxr)) = (f64::from(output[index]), case.tolerances(index));
                assert!((got - scipy).abs() <= of_scipy, "{name}, {index}: {got}, in SciPy {scipy}");
                assert!((got - soxr).abs() <= of_soxr, "{name}, {index}: {got}, in soxr {soxr}");
            }
        }
    }
}
