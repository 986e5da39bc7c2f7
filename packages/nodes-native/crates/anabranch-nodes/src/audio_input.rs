//! What every node asks of the audio that it takes.

use anabranch_node::{AudioBuffer, NodeError, NodeInputs};

/// The audio on `key`, with at least one sample a channel.
///
/// # Errors
/// `ANB_INPUTS` when there is none, the value is of another kind, or it has no samples.
pub(crate) fn take_audio<'f>(inputs: &mut NodeInputs<'f>, key: &'static str) -> Result<AudioBuffer<'f>, NodeError> {
    let buffer = inputs.take_audio_buffer(key)?;
    if buffer.samples().is_empty() { Err(no_samples(key)) } else { Ok(buffer) }
}

/// The error for a frame without samples on `key`.
pub(crate) fn no_samples(key: &str) -> NodeError {
    NodeError::inputs(key, format!("input '{key}' is a frame without samples"))
        .fix("send nothing instead of an empty frame")
}
