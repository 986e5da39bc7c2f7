//! What goes into a call: the memory that the host lends for it, as a value of the node's.

use anabranch_node::{
    AudioBuffer, ErrorCode, Layout, NodeError, NodeExecutor, PcmBuffer, PcmSamples, Sample, Samples, Value,
};
use bytemuck::Pod;

use crate::block;
use crate::numbers::{index, whole};
use crate::told::is;

/// The bytes of the input.
pub(crate) enum Lent<'f> {
    Nothing,
    Shared(&'f [u8]),
    Writable(&'f mut [u8]),
}

/// The input that the block tells of, over the bytes that were lent.
///
/// # Errors
/// `ANB_INPUTS`, `ANB_AUDIO_FORMAT` for samples that cannot be.
pub(crate) fn input_value<'f>(
    node: &dyn NodeExecutor,
    input: Lent<'f>,
    numbers: &[f64],
) -> Result<Value<'f>, NodeError> {
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

/// Where the samples of a value lie, and how many bytes they take.
pub(crate) fn address_of(value: &Value<'_>) -> (usize, usize) {
    let bytes = match value {
        Value::Audio(buffer) => bytemuck::cast_slice(buffer.samples()),
        Value::Pcm(buffer) => PcmSamples::as_bytes(buffer.samples()),
        _ => &[],
    };
    (bytes.as_ptr().addr(), bytes.len())
}

/// Bytes as samples, where they are aligned for it.
pub(crate) fn cast_mut<T: Pod>(bytes: &mut [u8]) -> Result<&mut [T], NodeError> {
    bytemuck::try_cast_slice_mut(bytes).map_err(misfit)
}

fn misfit(error: bytemuck::PodCastError) -> NodeError {
    NodeError::inputs("input", format!("the view does not fit its type of samples: {error}"))
}

/// The only input key of a node.
pub(crate) fn first(keys: &'static [&'static str]) -> &'static str {
    keys.first().copied().unwrap_or_default()
}
