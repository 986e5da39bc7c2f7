//! What a node gave, as a block tells it.

use anabranch_node::{ErrorCode, Layout, NodeError, NodeOutputs, Value};

use crate::block;
use crate::left::Left;

/// Memory of a call that JavaScript can reach, to recognise it in what a node gives.
#[derive(Clone, Copy)]
pub(crate) struct Reachable {
    /// Where the node's input lies, and its bytes.
    pub(crate) input: Option<(usize, usize)>,
    /// Where the output frame begins.
    pub(crate) frame: Option<usize>,
}

impl Reachable {
    /// Where the samples of a value lie. A run of no samples lies nowhere: it is told as one of the addon's own.
    pub(crate) fn status(self, bytes: &[u8]) -> f64 {
        let start = bytes.as_ptr().addr();
        if bytes.is_empty() {
            return block::LEFT;
        }
        // First: what the node before wrote into the output frame is this one's input.
        match self.input {
            Some((input, length)) if input == start && bytes.len() <= length => block::IN_INPUT,
            _ if self.frame == Some(start) => block::IN_OUTPUT,
            _ => block::LEFT,
        }
    }
}

/// Tells every output, but for the one on `link`, which is given back.
///
/// # Errors
/// `ANB_PLUGIN` for a key that the node does not declare, `ANB_NOT_AVAILABLE` for a kind that cannot cross.
pub(crate) fn tell<'f>(
    (keys, node_type): (&'static [&'static str], &str),
    mut outputs: NodeOutputs<'f>,
    (reachable, link): (Reachable, Option<usize>),
    (numbers, left, member): (&mut [f64], &mut Left, usize),
) -> Result<Option<Value<'f>>, NodeError> {
    let mut linked = None;
    for (index, key) in keys.iter().enumerate() {
        let value = outputs.take(key);
        if link == Some(index) && value.is_some() {
            linked = value;
        } else {
            tell_value((key, index), value.as_ref(), reachable, (numbers, left, member))?;
        }
    }
    match outputs.keys().next() {
        None => Ok(linked),
        Some(other) => Err(NodeError::new(
            ErrorCode::Plugin,
            format!("{node_type} gave output '{other}', which it does not declare"),
        )),
    }
}

/// Tells the value of one key.
///
/// # Errors
/// `ANB_NOT_AVAILABLE` for a kind that cannot cross.
pub(crate) fn tell_value(
    (key, index): (&'static str, usize),
    value: Option<&Value<'_>>,
    reachable: Reachable,
    (numbers, left, member): (&mut [f64], &mut Left, usize),
) -> Result<(), NodeError> {
    let slots = slots(numbers, index);
    match value {
        None => slots[0] = block::ABSENT,
        Some(Value::Number(number)) => {
            slots[0] = block::NUMBER;
            slots[1] = *number;
        }
        Some(Value::Plain(value)) => {
            slots[0] = block::PLAIN;
            left.plain(member, key, value.to_string());
        }
        Some(value) => {
            let bytes = describe(slots, value).ok_or_else(|| {
                NodeError::new(ErrorCode::NotAvailable, format!("output '{key}' cannot cross: {value:?}"))
            })?;
            slots[0] = reachable.status(bytes);
            if is(slots[0], block::LEFT) {
                left.bytes(member, key, bytes.to_vec());
            }
        }
    }
    Ok(())
}

/// The numbers of one output.
pub(crate) fn slots(numbers: &mut [f64], index: usize) -> &mut [f64] {
    let at = block::OUTPUTS + index * block::OUTPUT_LENGTH;
    &mut numbers[at..at + block::OUTPUT_LENGTH]
}

/// Writes what samples are; gives their bytes. Of other values nothing.
pub(crate) fn describe<'v>(slots: &mut [f64], value: &'v Value<'_>) -> Option<&'v [u8]> {
    let (bytes, samples, rate, channels, dtype, layout) = match value {
        Value::Audio(buffer) => {
            let samples = buffer.samples();
            let bytes = bytemuck::cast_slice(samples);
            (bytes, samples.len(), buffer.sample_rate(), buffer.channels(), "f32", Layout::default())
        }
        Value::Pcm(buffer) => {
            let samples = buffer.samples();
            let (rate, channels) = (buffer.sample_rate(), buffer.channels());
            (samples.as_bytes(), samples.len(), rate, channels, samples.dtype(), buffer.layout())
        }
        _ => return None,
    };
    #[allow(clippy::cast_precision_loss, reason = "a buffer has fewer than 2^53 samples")]
    {
        slots[1] = samples as f64;
        slots[4] = block::DTYPES.iter().position(|name| *name == dtype).unwrap_or_default() as f64;
    }
    slots[2] = f64::from(rate);
    slots[3] = f64::from(channels);
    slots[5] = f64::from(u8::from(layout == Layout::Planar));
    Some(bytes)
}

/// Statuses are whole numbers that were written as they are.
#[allow(clippy::float_cmp, reason = "constants, copied")]
pub(crate) fn is(status: f64, other: f64) -> bool {
    status == other
}
