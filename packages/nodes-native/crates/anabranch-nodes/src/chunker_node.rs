//! `ChunkerNode`: cuts audio into chunks of equal length.

use anabranch_node::{
    Issue, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Time,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audio_input::take_audio;
use crate::chunk_stream::ChunkStream;
use crate::output_clock::OutputClock;
use crate::stream_queue::{AudioStream, StreamQueue};

/// As many samples of one channel as the largest frame of the contract holds (`audio_frame_bytes`).
const MAX_SAMPLES: u32 = 1_048_576;
const MIN_MS: f64 = 0.01;
const MAX_MS: f64 = 60_000.0;

/// The params of [`ChunkerNode`]: exactly one of `samples` and `ms`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChunkerParams {
    /// The length of a chunk, in samples of one channel.
    #[schemars(range(min = 1, max = MAX_SAMPLES))]
    pub samples: Option<u32>,
    /// The length of a chunk in ms, at the rate of the audio that comes in; rounded to whole samples.
    #[schemars(range(min = MIN_MS, max = MAX_MS))]
    pub ms: Option<f64>,
    /// With how many samples of the chunk before it a chunk begins; fewer than it is long.
    #[schemars(range(min = 0, max = MAX_SAMPLES - 1))]
    pub overlap: u32,
    /// Fills the last chunk with zeros to its full length, instead of giving it as short as it is.
    pub pad_last: bool,
}

/// Cuts audio into chunks of equal length, whatever the frames that come in. The rest goes out at the end, and before the
/// first frame of another rate, another number of channels, or after a gap; then cutting starts anew.
#[derive(Debug)]
pub struct ChunkerNode {
    length: Length,
    overlap: usize,
    pad_last: bool,
    streams: StreamQueue<ChunkStream>,
}

#[derive(Debug, Clone, Copy)]
enum Length {
    Samples(usize),
    Ms(f64),
}

impl NodeType for ChunkerNode {
    type Params = ChunkerParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("ChunkerNode", "Cuts audio into chunks of equal length.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .time(Time::Samples)
            .example("frames of 20 ms", json!({ "ms": 20 }))
            .example(
                "512 samples at a time, the last filled up with zeros",
                json!({ "samples": 512, "pad_last": true }),
            )
            .example("windows of 400 samples, one every 160", json!({ "samples": 400, "overlap": 240 }))
    }

    fn create(params: ChunkerParams) -> Result<Self, NodeError> {
        let issues = issues_of(&params);
        if !issues.is_empty() {
            return Err(NodeError::params(&issues));
        }
        let length = match (params.samples, params.ms) {
            (Some(samples), _) => Length::Samples(samples as usize),
            (None, ms) => Length::Ms(ms.unwrap_or(MIN_MS)),
        };
        Ok(Self { length, overlap: params.overlap as usize, pad_last: params.pad_last, streams: StreamQueue::new() })
    }
}

fn issues_of(params: &ChunkerParams) -> Vec<Issue> {
    let mut issues = Vec::new();
    match (params.samples, params.ms) {
        (None, None) => issues.push(Issue::new("", "one of `samples` and `ms` must say how long a chunk is")),
        (Some(_), Some(_)) => {
            issues.push(Issue::new("ms", "`samples` says how long a chunk is already: leave one of them out"));
        }
        _ => {}
    }
    if let Some(samples) = params.samples.filter(|samples| !(1..=MAX_SAMPLES).contains(samples)) {
        let issue = Issue::new("samples", format!("must be a whole number from 1 to {MAX_SAMPLES}"));
        issues.push(issue.expected(format!("1 to {MAX_SAMPLES}"), samples.to_string()));
    }
    if let Some(ms) = params.ms.filter(|ms| !(MIN_MS..=MAX_MS).contains(ms)) {
        let issue = Issue::new("ms", format!("must be a number from {MIN_MS} to {MAX_MS}"));
        issues.push(issue.expected(format!("{MIN_MS} to {MAX_MS}"), ms.to_string()));
    }
    let longest = params.samples.filter(|samples| *samples > 0).unwrap_or(MAX_SAMPLES) - 1;
    if params.overlap > longest {
        let issue = Issue::new("overlap", "must be shorter than a chunk");
        issues.push(issue.expected(format!("0 to {longest}"), params.overlap.to_string()));
    }
    issues
}

impl ChunkerNode {
    /// How long a chunk is at `sample_rate`.
    fn length_at(&self, sample_rate: u32) -> Result<usize, NodeError> {
        let ms = match self.length {
            Length::Samples(samples) => return Ok(samples),
            Length::Ms(ms) => ms,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 60 s of 768 kHz")]
        let samples = (ms * f64::from(sample_rate) / 1000.0).round() as usize;
        if samples == 0 {
            let message = format!("input 'input': a chunk of {ms} ms is less than a sample at {sample_rate} Hz");
            return Err(NodeError::inputs("input", message).fix("set a larger `ms`, or `samples`"));
        }
        if samples <= self.overlap {
            let overlap = self.overlap;
            let message = format!(
                "input 'input': a chunk of {ms} ms is {samples} samples at {sample_rate} Hz, no longer than the overlap of {overlap}"
            );
            return Err(NodeError::inputs("input", message).fix("set a smaller `overlap` or a larger `ms`"));
        }
        Ok(samples)
    }
}

impl NodeExecutor for ChunkerNode {
    fn node_type(&self) -> &'static str {
        "ChunkerNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output"]
    }

    fn output_samples(&self, _key: &str, input: usize) -> usize {
        match (self.streams.first(), self.length) {
            (Some(stream), _) => stream.largest_samples(input),
            (None, Length::Samples(samples)) if input < samples => 0,
            // Of the first frame nothing is known but its length: a chunk of it is no longer.
            (None, _) => input,
        }
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let input = take_audio(&mut inputs, "input")?;
        let length = self.length_at(input.sample_rate())?;
        let goes_on = !context.discont() && self.streams.takes(&input);
        if !goes_on {
            let clock = OutputClock::new(context.pts_us(), input.sample_rate(), self.streams.is_empty());
            self.streams.begin(ChunkStream::new(&input, length, self.overlap, self.pad_last, clock));
        }
        if let Some(stream) = self.streams.only_mut()
            && stream.is_chunk(&input)
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
