//! `AudioResampleNode`: another sample rate.

use anabranch_node::{
    Format, Formats, Issue, Kind, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, NodeContext, NodeError, NodeExecutor, NodeInputs,
    NodeOutputs, NodeSpec, NodeType, Time,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audio_input::take_audio;
use crate::output_clock::OutputClock;
use crate::range_check::RangeCheck;
use crate::rate_stream::{RateStream, nothing_in_common};
use crate::resample_stream::Blocks;
use crate::stream_queue::{AudioStream, StreamQueue};

/// How steep the filter is, and how late its output comes. From the lower Nyquist frequency on, all of them let nothing
/// through (−120 dB). The delay is at most the time after which a sample that came in has gone out; media time has none.
/// Rates without a large common divisor need longer blocks, and have a longer delay: 3 s / divisor in Hz, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum ResampleQuality {
    /// Flat within 0.01 dB to 0.64 of the lower Nyquist frequency; 6 ms at 16 kHz.
    Low,
    /// Flat within 0.01 dB to 0.82 of the lower Nyquist frequency; 12 ms at 16 kHz.
    #[default]
    Medium,
    /// Flat within 0.01 dB to 0.91 of the lower Nyquist frequency; 24 ms at 16 kHz.
    High,
}

impl ResampleQuality {
    /// The shortest block, in samples of the lower rate. The filter is as long, so that twice the length halves its
    /// transition from pass band to stop band.
    const fn block(self) -> usize {
        match self {
            Self::Low => 64,
            Self::Medium => 128,
            Self::High => 256,
        }
    }
}

/// The params of [`AudioResampleNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudioResampleParams {
    /// The sample rate that must come in, in Hz; another one is an error. Without it, any rate may, and may change.
    #[schemars(range(min = MIN_SAMPLE_RATE, max = MAX_SAMPLE_RATE))]
    #[serde(default)]
    pub input_rate: Option<u32>,
    /// The sample rate that goes out, in Hz. It has a common divisor of at least 4 Hz with the one that comes in.
    #[schemars(range(min = MIN_SAMPLE_RATE, max = MAX_SAMPLE_RATE))]
    pub output_rate: u32,
    /// How steep the filter is: the steeper, the later its output comes.
    #[serde(default)]
    pub quality: ResampleQuality,
}

/// Changes the sample rate: `round(n · output_rate / input_rate)` samples for n, the first of both at the same time, the
/// same samples for any frames that come in. The tail goes out at the end, and before the first frame of another rate,
/// another number of channels, or after a gap; then it starts anew. Frames that have the output rate are passed on. A
/// frame with a sample that is no finite number is refused: it would spoil all samples around it.
#[derive(Debug)]
pub struct AudioResampleNode {
    input_rate: Option<u32>,
    output_rate: u32,
    block: usize,
    streams: StreamQueue<RateStream>,
}

impl NodeType for AudioResampleNode {
    type Params = AudioResampleParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("AudioResampleNode", "Changes the sample rate of audio.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .time(Time::Samples)
            .example("to 16 kHz, for models of speech", json!({ "output_rate": 16_000 }))
            .example(
                "from CD to studio rate, for listening",
                json!({ "input_rate": 44_100, "output_rate": 48_000, "quality": "high" }),
            )
    }

    fn formats(params: &AudioResampleParams) -> Formats {
        vec![("output", Format::new().rate(params.output_rate))]
    }

    fn create(params: AudioResampleParams) -> Result<Self, NodeError> {
        let AudioResampleParams { input_rate, output_rate, quality } = params;
        let rates = MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE;
        let mut check = RangeCheck::new();
        if let Some(input_rate) = input_rate {
            check = check.within("input_rate", &input_rate, &rates, "Hz");
        }
        check.within("output_rate", &output_rate, &rates, "Hz").done()?;
        if let Some(input_rate) = input_rate.filter(|rate| *rate != output_rate)
            && Blocks::of(input_rate, output_rate, quality.block()).is_none()
        {
            let issue = Issue::new("output_rate", nothing_in_common(input_rate, output_rate));
            return Err(NodeError::params(&[issue]));
        }
        Ok(Self { input_rate, output_rate, block: quality.block(), streams: StreamQueue::new() })
    }
}

/// Whether no sample is infinite or not a number. Without a branch, so that it looks at several samples at a time.
fn all_finite(samples: &[f32]) -> bool {
    let exponent = f32::INFINITY.to_bits();
    samples.iter().fold(0, |found, sample| found | u32::from(sample.to_bits() & exponent == exponent)) == 0
}

impl AudioResampleNode {
    /// Refuses another rate than `input_rate`, and samples that are no finite numbers.
    fn check(&self, sample_rate: u32, samples: &[f32]) -> Result<(), NodeError> {
        if let Some(expected) = self.input_rate.filter(|expected| *expected != sample_rate) {
            let message = format!("input 'input' has {sample_rate} Hz; `input_rate` says {expected} Hz");
            return Err(NodeError::inputs("input", message)
                .fix(format!("set `input_rate` to {sample_rate}, or leave it out to take any rate")));
        }
        if !all_finite(samples) {
            let index = samples.iter().position(|sample| !sample.is_finite()).unwrap_or(0);
            let message = format!("input 'input': the sample at {index} is {}", samples[index]);
            return Err(NodeError::inputs("input", message).fix("replace it before, or find out where it comes from"));
        }
        Ok(())
    }
}

impl NodeExecutor for AudioResampleNode {
    fn node_type(&self) -> &'static str {
        "AudioResampleNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output"]
    }

    fn output_samples(&self, _key: &str, input: usize) -> usize {
        match (self.streams.first(), self.input_rate) {
            (Some(stream), _) => stream.largest_samples(input),
            (None, Some(rate)) if rate != self.output_rate => {
                // The first output lacks half a block, so that the ratio is a bound.
                let output = input as u64 * u64::from(self.output_rate) / u64::from(rate);
                usize::try_from(output).unwrap_or(usize::MAX)
            }
            (None, Some(_)) => 0,
            // Of the first frame nothing is known but its length: most streams are made smaller.
            (None, None) => input,
        }
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let input = take_audio(&mut inputs, "input")?;
        self.check(input.sample_rate(), input.samples())?;
        let goes_on = !context.discont() && self.streams.takes(&input);
        if !goes_on {
            let clock = OutputClock::new(context.pts_us(), self.output_rate, self.streams.is_empty());
            let stream = RateStream::new(&input, self.output_rate, self.block, clock)?;
            self.streams.begin(stream);
        }
        if let Some(stream) = self.streams.only_mut()
            && stream.passes()
        {
            let time = stream.time(&input, false);
            return Ok(NodeOutputs::from_audio_buffer("output", input).at(time));
        }
        if let Some(stream) = self.streams.last_mut() {
            stream.push(input.samples());
        }
        Ok(self.streams.next(context)?.unwrap_or_default())
    }

    fn more<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        self.streams.next(context)
    }

    fn has_more(&self) -> bool {
        self.streams.has_more()
    }

    fn flush<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
        self.streams.end();
        Ok(self.streams.next(context)?.unwrap_or_default())
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        self.streams.clear();
        Ok(true)
    }
}
