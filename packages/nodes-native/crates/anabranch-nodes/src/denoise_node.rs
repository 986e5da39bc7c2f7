//! `DenoiseNode`: speech without the noise around it.

use anabranch_node::{
    AudioBuffer, ErrorCode, Format, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec,
    NodeType, Port, Time,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::denoise_channel::{DenoiseChannel, FRAME};

const RATE: u32 = 48_000;

/// The params of [`DenoiseNode`]: none.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DenoiseParams {}

/// Takes noise out of speech by the network of `RNNoise` (the crate nnnoiseless, whose weights it brings along), each
/// channel by itself. 48 kHz.
///
/// It works on frames of 480 samples counted from the start of the stream, so any chunking gives the same samples. Its
/// delay of one frame is taken away: sample n of the output is sample n of the input, and from `flush` comes the tail, so
/// that as much leaves as was taken. Another number of channels ends one stream and begins another; at a gap that the host
/// tells of, the up to 959 samples before it that are still inside are dropped, since their time is over. Not-a-number and
/// infinite samples count as 0, others are clamped to ±8.
pub struct DenoiseNode {
    channels: Vec<DenoiseChannel>,
    /// Samples that do not make a frame yet, interleaved.
    left: Vec<f32>,
    /// Whether a frame is inside, so that the next one pushes it out.
    primed: bool,
    /// What another format made wait.
    later: Option<AudioBuffer<'static>>,
}

impl DenoiseNode {
    fn check(buffer: &AudioBuffer<'_>) -> Result<(), NodeError> {
        if buffer.sample_rate() == RATE {
            return Ok(());
        }
        let message = format!("DenoiseNode takes audio of {RATE} Hz, not {} Hz", buffer.sample_rate());
        Err(NodeError::new(ErrorCode::AudioFormat, message)
            .fix("put an AudioResampleNode with output_rate 48000 before it"))
    }

    fn begin(&mut self, channels: u16) {
        self.channels.clear();
        self.channels.resize_with(usize::from(channels), DenoiseChannel::new);
        self.left.clear();
        self.left.reserve(FRAME * usize::from(channels));
        self.primed = false;
    }

    /// A buffer for `length` samples of each channel, or nothing where there are none.
    fn buffer<'f>(&self, length: usize, context: &mut NodeContext<'f>) -> Result<Option<AudioBuffer<'f>>, NodeError> {
        let count = self.channels.len();
        match (length * count, u16::try_from(count)) {
            (0, _) | (_, Err(_)) => Ok(None),
            (samples, Ok(channels)) => context.audio(samples, RATE, channels).map(Some),
        }
    }

    /// One frame, interleaved, or less than one and then silence. What it pushes out goes to the front of `output`, which
    /// then moves on.
    fn frame<'o>(&mut self, frame: &[f32], output: &'o mut [f32]) -> &'o mut [f32] {
        let count = self.channels.len();
        let pushed_out = if self.primed { output.len().min(FRAME * count) } else { 0 };
        let (now, later) = output.split_at_mut(pushed_out);
        for (index, channel) in self.channels.iter_mut().enumerate() {
            channel.push(frame.iter().skip(index).step_by(count));
            channel.pull(now.iter_mut().skip(index).step_by(count));
        }
        self.primed = true;
        later
    }

    fn denoise<'f>(
        &mut self,
        samples: &[f32],
        context: &mut NodeContext<'f>,
    ) -> Result<Option<AudioBuffer<'f>>, NodeError> {
        let size = FRAME * self.channels.len();
        let frames = (self.left.len() + samples.len()) / size;
        let mut buffer = self.buffer(frames.saturating_sub(usize::from(!self.primed)) * FRAME, context)?;
        let mut output = buffer.as_mut().and_then(AudioBuffer::samples_mut).unwrap_or_default();
        let mut rest = samples;
        if !self.left.is_empty() {
            let (now, later) = rest.split_at((size - self.left.len()).min(rest.len()));
            self.left.extend_from_slice(now);
            rest = later;
            if self.left.len() == size {
                let mut left = std::mem::take(&mut self.left);
                output = self.frame(&left, output);
                left.clear();
                self.left = left;
            }
        }
        let whole = rest.chunks_exact(size);
        self.left.extend_from_slice(whole.remainder());
        for frame in whole {
            output = self.frame(frame, output);
        }
        Ok(buffer)
    }

    /// Ends the stream: what is inside.
    fn tail<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<AudioBuffer<'f>>, NodeError> {
        let count = self.channels.len().max(1);
        let left = self.left.len() / count;
        let inside = if self.primed { FRAME } else { 0 } + left;
        let mut buffer = self.buffer(inside, context)?;
        if let Some(mut output) = buffer.as_mut().and_then(AudioBuffer::samples_mut) {
            if left > 0 {
                let last = std::mem::take(&mut self.left);
                output = self.frame(&last, output);
            }
            self.frame(&[], output);
        }
        self.begin(0);
        Ok(buffer)
    }
}

impl NodeType for DenoiseNode {
    type Params = DenoiseParams;

    fn spec() -> NodeSpec {
        let format = Some(Format::new().rate(RATE));
        NodeSpec::new("DenoiseNode", "Takes noise out of speech.")
            .input_port(Port { key: "input", kind: Kind::Audio, format })
            .output_port(Port { key: "output", kind: Kind::Audio, format })
            .time(Time::Samples)
            .heavy()
            .example("There is nothing to set", serde_json::json!({}))
    }

    fn create(_params: DenoiseParams) -> Result<Self, NodeError> {
        Ok(Self { channels: Vec::new(), left: Vec::new(), primed: false, later: None })
    }
}

impl NodeExecutor for DenoiseNode {
    fn node_type(&self) -> &'static str {
        "DenoiseNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output"]
    }

    /// Less than two frames are inside; before the first input, of which the channels are not known, none is.
    fn output_samples(&self, _key: &str, input: usize) -> usize {
        input + 2 * FRAME * self.channels.len()
    }

    fn validate_inputs(&self, inputs: &NodeInputs<'_>) -> Result<(), NodeError> {
        Self::check(inputs.audio_buffer("input")?)
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let input = inputs.take_audio_buffer("input")?;
        Self::check(&input)?;
        let mut tail = None;
        if context.discont() || self.channels.len() != usize::from(input.channels()) {
            if !context.discont() {
                tail = self.tail(context)?;
            }
            self.begin(input.channels());
        }
        let denoised = self.denoise(input.samples(), context)?;
        let first = if tail.is_some() {
            self.later = denoised.map(AudioBuffer::into_owned);
            tail
        } else {
            denoised
        };
        Ok(first.map_or_else(NodeOutputs::new, |buffer| NodeOutputs::from_audio_buffer("output", buffer)))
    }

    fn has_more(&self) -> bool {
        self.later.is_some()
    }

    fn more<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        Ok(self.later.take().map(|buffer| NodeOutputs::from_audio_buffer("output", buffer)))
    }

    fn flush<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
        let tail = self.tail(context)?;
        Ok(tail.map_or_else(NodeOutputs::new, |buffer| NodeOutputs::from_audio_buffer("output", buffer)))
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        self.begin(0);
        self.later = None;
        Ok(true)
    }
}
