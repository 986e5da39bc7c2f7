//! What the exported functions do. Every door runs guarded, so that no panic reaches Node.js.

use anabranch_node::{AudioBuffer, ErrorCode, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs};
use napi::bindgen_prelude::Float32ArraySlice;

use crate::door_error::{DoorError, door_error};
use crate::frame_door::{Frames, open};
use crate::instances::{insert, remove, with_node};
use crate::numbers::whole;
use crate::panics::guarded;
use crate::plugin::Plugin;

/// [`process`] gave the input on, or wrote over it: the output is the input's own view.
const INPUT_IS_OUTPUT: f64 = -1.0;
/// [`process`] gave no output.
const NO_OUTPUT: f64 = -2.0;

/// The plugin as JSON.
///
/// # Errors
/// `ANB_NATIVE` when a spec panics.
pub fn describe(plugin: &Plugin) -> Result<String, DoorError> {
    door("describe", || Ok(plugin.describe()))
}

/// Makes a node and lets it go unprepared: says whether [`create`] would take these params.
///
/// # Errors
/// Those of [`create`].
pub fn check(plugin: &Plugin, node_type: &str, params_json: &str) -> Result<(), DoorError> {
    door(node_type, || plugin.factory(node_type)?.create(params_json).map(drop))
}

/// Makes a node; gives its handle.
///
/// # Errors
/// `ANB_NODE_NOT_FOUND`, `ANB_PARAMS`, `ANB_NOT_AVAILABLE`.
pub fn create(plugin: &Plugin, node_type: &str, params_json: &str) -> Result<f64, DoorError> {
    door(node_type, || insert(plugin.factory(node_type)?.create(params_json)?))
}

/// Prepares a node.
///
/// # Errors
/// What the node says; `ANB_NATIVE` for a handle that names none.
pub fn prepare(handle: f64) -> Result<(), DoorError> {
    door("prepare", || with_node(handle, |node| node.prepare(&mut NodeContext::new())))
}

/// One frame through a node. Gives the number of samples written to `output`, -1 if the output is the input's own view
/// (passed on, or written in place: then both views are the same), or -2 if there is none.
///
/// # Errors
/// What the node says; `ANB_AUDIO_FORMAT` for a rate or channel count that cannot be; `ANB_INPUTS` for views that touch;
/// `ANB_NATIVE` for a panic or a handle that names no node.
pub fn process(
    handle: f64,
    mut input: Float32ArraySlice<'_>,
    mut output: Float32ArraySlice<'_>,
    sample_rate: f64,
    channels: f64,
) -> Result<f64, DoorError> {
    door("process", || {
        let format = Format::checked(sample_rate, channels)?;
        let frames = open(&mut input, &mut output)?;
        with_node(handle, |node| run(node, frames, format))
    })
}

/// Flushes a node.
///
/// # Errors
/// What the node says; `ANB_NOT_AVAILABLE` where it gives a tail.
pub fn flush(handle: f64) -> Result<(), DoorError> {
    door("flush", || {
        with_node(handle, |node| {
            if node.flush(&mut NodeContext::new())?.is_empty() {
                return Ok(());
            }
            Err(NodeError::new(ErrorCode::NotAvailable, format!("{} gives a tail at its end", node.node_type()))
                .fix("native nodes that emit from flush are not built yet"))
        })
    })
}

/// Hands a control message over.
///
/// # Errors
/// `ANB_PARAMS` when the message is not JSON; what the node says.
pub fn control(handle: f64, message_json: &str) -> Result<(), DoorError> {
    door("control", || {
        let message = anabranch_node::parse_params(message_json)?;
        with_node(handle, |node| node.on_control(&message, &mut NodeContext::new()))
    })
}

/// Cleans a node up and forgets it.
///
/// # Errors
/// What the cleanup says; `ANB_NATIVE` for a handle that names no node, so also for the second drop.
pub fn drop_node(handle: f64) -> Result<(), DoorError> {
    door("drop", || remove(handle))
}

fn door<T>(who: &str, work: impl FnOnce() -> Result<T, NodeError>) -> Result<T, DoorError> {
    guarded(who, work).flatten().map_err(|error| door_error(&error))
}

#[derive(Clone, Copy)]
struct Format {
    sample_rate: u32,
    channels: u16,
}

impl Format {
    fn checked(sample_rate: f64, channels: f64) -> Result<Self, NodeError> {
        let channels = whole("channels", channels)?;
        Ok(Self {
            sample_rate: whole("sample rate", sample_rate)?,
            channels: u16::try_from(channels).unwrap_or(u16::MAX),
        })
    }
}

fn run(node: &mut dyn NodeExecutor, frames: Frames<'_>, format: Format) -> Result<f64, NodeError> {
    let Format { sample_rate, channels } = format;
    let frame = match &frames {
        Frames::Apart { output, .. } => Some(output.as_ptr()),
        Frames::InPlace(_) => None,
    };
    let (buffer, mut context) = match frames {
        Frames::Apart { input, output } => {
            (AudioBuffer::shared(input, sample_rate, channels)?, NodeContext::with_frame(output))
        }
        Frames::InPlace(samples) if node.in_place() => {
            (AudioBuffer::exclusive(samples, sample_rate, channels)?, NodeContext::new())
        }
        Frames::InPlace(_) => {
            return Err(NodeError::inputs("input", format!("{} does not write over its input", node.node_type()))
                .fix("give it an output view of its own"));
        }
    };
    let given = buffer.samples().as_ptr_range();
    let (input_key, output_key) = (first(node.input_keys()), first(node.output_keys()));
    let inputs = NodeInputs::from_audio_buffer(input_key, buffer);
    node.validate_inputs(&inputs)?;
    let mut outputs = node.execute(inputs, &mut context)?;
    if outputs.is_empty() {
        return Ok(NO_OUTPUT);
    }
    let result = take_only(node, &mut outputs, output_key)?;
    if result.sample_rate() != sample_rate || result.channels() != channels {
        return Err(NodeError::new(ErrorCode::NotAvailable, format!("{} changed the audio format", node.node_type()))
            .fix("native nodes that change the sample rate or channel count are not built yet"));
    }
    if !given.is_empty() && result.samples().as_ptr_range() == given {
        return Ok(INPUT_IS_OUTPUT);
    }
    if frame != Some(result.samples().as_ptr()) {
        copy_to_frame(node, result.samples(), context)?;
    }
    #[allow(clippy::cast_precision_loss, reason = "a view has fewer than 2^53 samples")]
    Ok(result.samples().len() as f64)
}

/// For a node that gave memory of its own, or a part of its input: the host sees its frame alone.
fn copy_to_frame(node: &dyn NodeExecutor, samples: &[f32], context: NodeContext<'_>) -> Result<(), NodeError> {
    let frame = context.into_unused_frame().and_then(|frame| frame.get_mut(..samples.len()));
    let Some(frame) = frame else {
        let what = format!("{} gave {} samples that do not fit its output frame", node.node_type(), samples.len());
        return Err(NodeError::new(ErrorCode::NotAvailable, what)
            .fix("native nodes whose output is longer than their input are not built yet"));
    };
    frame.copy_from_slice(samples);
    Ok(())
}

fn take_only<'f>(
    node: &dyn NodeExecutor,
    outputs: &mut NodeOutputs<'f>,
    key: &'static str,
) -> Result<AudioBuffer<'f>, NodeError> {
    if let Some(other) = outputs.keys().find(|given| *given != key) {
        let node_type = node.node_type();
        return Err(NodeError::new(
            ErrorCode::Plugin,
            format!("{node_type} gave output '{other}', which it does not declare"),
        ));
    }
    outputs.take_audio_buffer(key)
}

fn first(keys: &'static [&'static str]) -> &'static str {
    keys.first().copied().unwrap_or_default()
}
