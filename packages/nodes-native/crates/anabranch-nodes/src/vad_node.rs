//! `VADNode`: where somebody speaks.

use anabranch_node::{ErrorCode, Format, Kind, NodeError, NodeSpec, Port, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::decibel::{finite, power_db, rounded};
use crate::observer::{Listener, Observer, Told};
use crate::range_check::RangeCheck;
use crate::stream_clock::samples_of;
use crate::vad_engine::{Engine, FRAME};
use crate::vad_segments::{Frame, Segment, SegmentRules, Segments};

const RATE: u32 = 16_000;
const MAX_MS: f64 = 60_000.0;
/// How far below the threshold a frame may be and still go on with speech that has begun.
const HYSTERESIS: f64 = 0.15;

/// What says how likely a frame is speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum VadEngine {
    /// A small recurrent network: that of the crate earshot 1.2.2, with its weights. Probabilities are within 0.0005 of those
    /// of the crate.
    #[default]
    Earshot,
    /// The level above a noise floor that is followed: `1 / (1 + exp(−(level − floor − 8 dB) / 2 dB))`. A cheap gate: it
    /// takes every sound for speech that rises above what was before.
    Energy,
}

/// The params of [`VADNode`]. The defaults were chosen on one recording (`austen-16k.wav`) and judged on another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VADParams {
    /// Speech begins with a frame of at least this probability, and goes on while frames have at least this less 0.15.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub threshold: f64,
    /// Shorter speech is left out, in ms.
    #[schemars(range(min = 0.0, max = MAX_MS))]
    pub min_speech_ms: f64,
    /// Speech ends where no speech follows for this long, in ms; shorter pauses belong to the segment.
    #[schemars(range(min = 0.0, max = MAX_MS))]
    pub min_silence_ms: f64,
    /// Added on both sides of a segment, in ms; not beyond the segments beside it, nor the ends of the stream.
    #[schemars(range(min = 0.0, max = MAX_MS))]
    pub speech_pad_ms: f64,
    /// `earshot`: a small neural network. `energy`: a cheap gate by level, which takes every sound for speech that rises
    /// above what was before.
    pub engine: VadEngine,
}

impl Default for VADParams {
    fn default() -> Self {
        Self {
            threshold: 0.7,
            min_speech_ms: 100.0,
            min_silence_ms: 200.0,
            speech_pad_ms: 30.0,
            engine: VadEngine::default(),
        }
    }
}

/// Finds speech in mono audio of 16 kHz.
///
/// - `probability`: a number, 0 … 1, for every 256 samples (16 ms) of the stream, counted from its start; the last one,
///   from `flush`, is of what is left, filled up with zeros.
/// - `segment`: `{ start_ms, end_ms, energy_db, confidence }` once it is sure where a segment ends: after
///   `min_silence_ms`, or `speech_pad_ms` if that is longer; the last one at the end of the stream. `energy_db` is the RMS
///   in dBFS (−120 at least) and `confidence` the mean probability, both of the segment without its padding.
///
/// Both are the same for any chunking. Not-a-number and infinite samples count as 0, others are clamped to −1 … 1.
pub type VADNode = Observer<Vad>;

/// The listener of [`VADNode`].
pub struct Vad {
    engine: Engine,
    segments: Segments,
    frame: [f32; FRAME],
    filled: usize,
}

impl Vad {
    /// The frame is complete, or the last one: `filled` samples of it are of the stream, which has `end` samples so far.
    fn hear(&mut self, end: u64, told: &mut Told<'_>) {
        let energy: f64 = self.frame.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        #[allow(clippy::cast_precision_loss, reason = "at most 256")]
        let probability = self.engine.probability(&self.frame, energy / self.filled as f64);
        told.tell("probability", Value::Number(probability));
        let frame = Frame { start: end - self.filled as u64, end, probability, energy };
        if let Some(segment) = self.segments.push(frame) {
            tell_segment(&segment, told);
        }
        self.filled = 0;
    }
}

fn tell_segment(segment: &Segment, told: &mut Told<'_>) {
    let value = json!({
        "start_ms": told.ms(segment.start),
        "end_ms": told.ms(segment.end),
        "energy_db": rounded(power_db(segment.power)),
        "confidence": segment.confidence,
    });
    told.tell("segment", Value::Plain(value));
}

impl Listener for Vad {
    const NODE_TYPE: &'static str = "VADNode";
    const OUTPUT_KEYS: &'static [&'static str] = &["output", "segment", "probability"];
    type Params = VADParams;

    fn spec() -> NodeSpec {
        let format = Format::new().rate(RATE).channels(1);
        NodeSpec::new(Self::NODE_TYPE, "Finds speech: a probability every 16 ms, and segments.")
            .input_port(Port { key: "input", kind: Kind::Audio, format: Some(format) })
            .output_port(Port { key: "output", kind: Kind::Audio, format: Some(format) })
            .output("segment", Kind::Json)
            .output("probability", Kind::Number)
            .filters()
            .example(
                "Utterances for a recogniser: longer pauses, wider edges",
                json!({ "min_silence_ms": 500, "speech_pad_ms": 100 }),
            )
            .example("A cheap gate by level", json!({ "engine": "energy", "threshold": 0.5 }))
    }

    fn create(params: VADParams) -> Result<Self, NodeError> {
        let ms = 0.0..=MAX_MS;
        RangeCheck::new()
            .within("threshold", &params.threshold, &(0.0..=1.0), "")
            .within("min_speech_ms", &params.min_speech_ms, &ms, "ms")
            .within("min_silence_ms", &params.min_silence_ms, &ms, "ms")
            .within("speech_pad_ms", &params.speech_pad_ms, &ms, "ms")
            .done()?;
        let rules = SegmentRules {
            enter: params.threshold,
            leave: params.threshold - HYSTERESIS,
            min_speech: samples_of(params.min_speech_ms, RATE),
            min_silence: samples_of(params.min_silence_ms, RATE),
            pad: samples_of(params.speech_pad_ms, RATE),
        };
        let engine = match params.engine {
            VadEngine::Earshot => Engine::earshot(),
            VadEngine::Energy => Engine::energy(),
        };
        Ok(Self { engine, segments: Segments::new(rules), frame: [0.0; FRAME], filled: 0 })
    }

    fn check(&self, sample_rate: u32, channels: u16) -> Result<(), NodeError> {
        if sample_rate == RATE && channels == 1 {
            return Ok(());
        }
        let message = format!("VADNode takes mono audio of {RATE} Hz, not {channels} channels of {sample_rate} Hz");
        let fix = match (sample_rate == RATE, channels == 1) {
            (true, _) => "put a ChannelMixNode with channels 1 before it",
            (_, true) => "put an AudioResampleNode with output_rate 16000 before it",
            _ => "put a ChannelMixNode with channels 1 and an AudioResampleNode with output_rate 16000 before it",
        };
        Err(NodeError::new(ErrorCode::AudioFormat, message).fix(fix))
    }

    fn period(&self, _sample_rate: u32) -> u64 {
        FRAME as u64
    }

    fn begin(&mut self, _sample_rate: u32, _channels: u16) -> Result<(), NodeError> {
        self.engine.reset();
        self.segments.reset();
        self.filled = 0;
        Ok(())
    }

    fn listen(&mut self, mut samples: &[f32], told: &mut Told<'_>) {
        let mut position = told.position();
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(FRAME - self.filled));
            for (to, from) in self.frame[self.filled..].iter_mut().zip(now) {
                *to = finite(*from).clamp(-1.0, 1.0);
            }
            self.filled += now.len();
            position += now.len() as u64;
            samples = later;
            if self.filled == FRAME {
                self.hear(position, told);
            }
        }
    }

    fn end(&mut self, told: &mut Told<'_>) {
        let samples = told.position();
        if self.filled > 0 {
            self.frame[self.filled..].fill(0.0);
            self.hear(samples, told);
        }
        while let Some(segment) = self.segments.finish(samples) {
            tell_segment(&segment, told);
        }
    }
}
