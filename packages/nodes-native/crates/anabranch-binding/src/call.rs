//! One call of a node: what the block says goes in, what the node gives comes out.

use anabranch_node::{
    AudioBuffer, ErrorCode, Layout, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, PcmBuffer,
    PcmSamples, Sample, Samples, Value,
};
use bytemuck::Pod;

use crate::block;
use crate::left::Left;
use crate::numbers::{index, whole};

/// Which part of a node's life a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Execute,
    More,
    Flush,
    Produce,
}

impl Verb {
    pub(crate) fn of(number: f64) -> Result<Self, NodeError> {
        match index("verb", number)? {
            0 => Ok(Self::Execute),
            1 => Ok(Self::More),
            2 => Ok(Self::Flush),
            3 => Ok(Self::Produce),
            other => Err(NodeError::new(ErrorCode::Native, format!("there is no verb {other}"))),
        }
    }
}

/// The bytes of the input.
pub(crate) enum Lent<'f> {
    Nothing,
    Shared(&'f [u8]),
    Writable(&'f mut [u8]),
}

/// The memory of one call.
pub(crate) struct Frames<'f> {
    pub(crate) input: Lent<'f>,
    pub(crate) output: Option<&'f mut [u8]>,
}

/// Calls the node; writes what it gave into `numbers`, and into `left` what does not lie in a frame.
pub(crate) fn call(
    node: &mut dyn NodeExecutor,
    verb: Verb,
    frames: Frames<'_>,
    numbers: &mut [f64],
    left: &mut Left,
) -> Result<(), NodeError> {
    let Frames { input, output } = frames;
    let mut context = NodeContext::new().at(numbers[block::PTS], numbers[block::DISCONT] > 0.0);
    let mut frame = None;
    if let Some(bytes) = output {
        let output = cast_mut::<f32>(bytes)?;
        frame = Some(output.as_ptr().addr());
        context = context.frame(output);
    }
    let mut given = None;
    let outputs = match verb {
        Verb::Execute => {
            let value = input_value(node, input, numbers)?;
            given = Some(address_of(&value));
            let inputs = NodeInputs::new().with(first(node.input_keys()), value);
            node.validate_inputs(&inputs)?;
            Some(node.execute(inputs, &mut context)?)
        }
        Verb::More => node.more(&mut context)?,
        Verb::Flush => Some(node.flush(&mut context)?),
        Verb::Produce => node.produce(&mut context)?,
    };
    numbers[block::HAS_MORE] = f64::from(u8::from(node.has_more()));
    numbers[block::UNPOOLED] = f64::from(context.unpooled());
    numbers[block::ANY] = f64::from(u8::from(outputs.is_some()));
    numbers[block::SAID] = outputs.as_ref().and_then(NodeOutputs::pts_us).unwrap_or(f64::NAN);
    let samples = if verb == Verb::Execute { index("samples", numbers[block::INPUT_SAMPLES])? } else { 0 };
    numbers[block::FRAME_BYTES] = frame_bytes(node, samples);
    let (keys, node_type) = (node.output_keys(), node.node_type());
    tell(keys, node_type, outputs.unwrap_or_default(), &Known { given, frame }, numbers, left)
}

/// The bytes that the frame for one output should have after an input of so many samples.
pub(crate) fn frame_bytes(node: &dyn NodeExecutor, input_samples: usize) -> f64 {
    let most = node.output_keys().iter().map(|key| node.output_samples(key, input_samples)).max().unwrap_or(0);
    #[allow(clippy::cast_precision_loss, reason = "a buffer has fewer than 2^53 bytes")]
    {
        most.saturating_mul(size_of::<f32>()) as f64
    }
}

/// Where the frames of a call lie, to recognise them in what a node gives.
struct Known {
    given: Option<(usize, usize)>,
    frame: Option<usize>,
}

fn tell(
    keys: &'static [&'static str],
    node_type: &str,
    mut outputs: NodeOutputs<'_>,
    known: &Known,
    numbers: &mut [f64],
    left: &mut Left,
) -> Result<(), NodeError> {
    for (key, at) in keys.iter().zip((block::OUTPUTS..).step_by(block::OUTPUT_LENGTH)) {
        let slots = &mut numbers[at..at + block::OUTPUT_LENGTH];
        match outputs.take(key) {
            None => slots[0] = block::ABSENT,
            Some(Value::Number(number)) => {
                slots[0] = block::NUMBER;
                slots[1] = number;
            }
            Some(Value::Plain(value)) => {
                slots[0] = block::PLAIN;
                left.plain(key, value.to_string());
            }
            Some(Value::Audio(buffer)) => {
                let bytes = bytemuck::cast_slice(buffer.samples());
                slots[0] = known.status(bytes);
                describe(
                    slots,
                    buffer.samples().len(),
                    buffer.sample_rate(),
                    buffer.channels(),
                    "f32",
                    Layout::default(),
                );
                if is(slots[0], block::LEFT) {
                    left.bytes(key, bytes.to_vec());
                }
            }
            Some(Value::Pcm(buffer)) => {
                let samples = buffer.samples();
                slots[0] = known.status(samples.as_bytes());
                describe(
                    slots,
                    samples.len(),
                    buffer.sample_rate(),
                    buffer.channels(),
                    samples.dtype(),
                    buffer.layout(),
                );
                if is(slots[0], block::LEFT) {
                    left.bytes(key, samples.as_bytes().to_vec());
                }
            }
            Some(other) => {
                return Err(NodeError::new(ErrorCode::NotAvailable, format!("{node_type} gave {other:?}")));
            }
        }
    }
    match outputs.keys().next() {
        None => Ok(()),
        Some(other) => Err(NodeError::new(
            ErrorCode::Plugin,
            format!("{node_type} gave output '{other}', which it does not declare"),
        )),
    }
}

/// Statuses are whole numbers that were written as they are.
#[allow(clippy::float_cmp, reason = "constants, copied")]
fn is(status: f64, other: f64) -> bool {
    status == other
}

impl Known {
    /// A run of no samples lies nowhere: it is told as one of the addon's own.
    fn status(&self, bytes: &[u8]) -> f64 {
        let start = bytes.as_ptr().addr();
        if bytes.is_empty() {
            return block::LEFT;
        }
        if self.frame == Some(start) {
            return block::IN_OUTPUT;
        }
        match self.given {
            Some((given, length)) if given == start && bytes.len() <= length => block::IN_INPUT,
            _ => block::LEFT,
        }
    }
}

fn describe(slots: &mut [f64], samples: usize, rate: u32, channels: u16, dtype: &str, layout: Layout) {
    #[allow(clippy::cast_precision_loss, reason = "a buffer has fewer than 2^53 samples")]
    {
        slots[1] = samples as f64;
        slots[4] = block::DTYPES.iter().position(|name| *name == dtype).unwrap_or_default() as f64;
    }
    slots[2] = f64::from(rate);
    slots[3] = f64::from(channels);
    slots[5] = f64::from(u8::from(layout == Layout::Planar));
}

fn input_value<'f>(node: &dyn NodeExecutor, input: Lent<'f>, numbers: &[f64]) -> Result<Value<'f>, NodeError> {
    let rate = whole("sample rate", numbers[block::RATE])?;
    let channels = u16::try_from(whole("channels", numbers[block::CHANNELS])?).unwrap_or(u16::MAX);
    if is(numbers[block::INPUT_KIND], block::AUDIO) {
        return Ok(Value::Audio(match samples::<f32>(node, input)? {
            Samples::Shared(samples) => AudioBuffer::shared(samples, rate, channels)?,
            Samples::Exclusive(samples) => AudioBuffer::exclusive(samples, rate, channels)?,
            Samples::Owned(samples) => AudioBuffer::owned(samples, rate, channels)?,
        }));
    }
    if !is(numbers[block::INPUT_KIND], block::PCM) {
        return Err(NodeError::inputs(first(node.input_keys()), "the input is neither audio nor pcm"));
    }
    let samples = match index("type of samples", numbers[block::DTYPE])? {
        0 => u8::wrap(samples(node, input)?),
        1 => i16::wrap(samples(node, input)?),
        2 => i32::wrap(samples(node, input)?),
        3 => f32::wrap(samples(node, input)?),
        4 => f64::wrap(samples(node, input)?),
        other => return Err(NodeError::new(ErrorCode::AudioFormat, format!("there is no type {other} of samples"))),
    };
    let layout = if numbers[block::LAYOUT] > 0.0 { Layout::Planar } else { Layout::Interleaved };
    Ok(Value::Pcm(PcmBuffer::new(samples, rate, channels, layout)?))
}

/// The input's samples; writable only where the host lends it so and the node writes in place.
fn samples<'f, T: Pod>(node: &dyn NodeExecutor, input: Lent<'f>) -> Result<Samples<'f, T>, NodeError> {
    match input {
        Lent::Nothing => Err(NodeError::inputs(first(node.input_keys()), "there is no input")),
        // An empty view may point anywhere, aligned or not.
        Lent::Shared([]) => Ok(Samples::Shared(&[])),
        Lent::Shared(bytes) => Ok(Samples::Shared(bytemuck::try_cast_slice(bytes).map_err(misfit)?)),
        Lent::Writable(bytes) if node.in_place() => Ok(Samples::Exclusive(cast_mut(bytes)?)),
        Lent::Writable(_) => {
            let what = format!("{} does not write over its input", node.node_type());
            Err(NodeError::inputs(first(node.input_keys()), what).fix("give it an output of its own"))
        }
    }
}

fn address_of(value: &Value<'_>) -> (usize, usize) {
    let bytes = match value {
        Value::Audio(buffer) => bytemuck::cast_slice(buffer.samples()),
        Value::Pcm(buffer) => PcmSamples::as_bytes(buffer.samples()),
        _ => &[],
    };
    (bytes.as_ptr().addr(), bytes.len())
}

fn cast_mut<T: Pod>(bytes: &mut [u8]) -> Result<&mut [T], NodeError> {
    bytemuck::try_cast_slice_mut(bytes).map_err(misfit)
}

fn misfit(error: bytemuck::PodCastError) -> NodeError {
    NodeError::inputs("input", format!("the view does not fit its type of samples: {error}"))
}

fn first(keys: &'static [&'static str]) -> &'static str {
    keys.first().copied().unwrap_or_default()
}
