//! What the host gives a node for one call.

use crate::{AudioBuffer, NodeError};

/// One call's context: where output frames come from.
#[derive(Debug, Default)]
pub struct NodeContext<'f> {
    frame: Option<&'f mut [f32]>,
    unpooled: u32,
}

impl<'f> NodeContext<'f> {
    /// A context without frames of a host: [`audio`](Self::audio) gives ordinary memory. For tests and for lifecycle calls.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A context whose first output frame is `frame`.
    #[must_use]
    pub fn with_frame(frame: &'f mut [f32]) -> Self {
        Self { frame: Some(frame), unpooled: 0 }
    }

    /// A writable buffer of `length` interleaved samples, for an output. What is in it is not defined: write all of it.
    /// It lies in a frame of the host if one is left that is large enough, else in ordinary memory, which is counted.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when length, rate and channels do not fit together.
    pub fn audio(&mut self, length: usize, sample_rate: u32, channels: u16) -> Result<AudioBuffer<'f>, NodeError> {
        match self.frame.take() {
            Some(frame) if frame.len() >= length => AudioBuffer::exclusive(&mut frame[..length], sample_rate, channels),
            too_small => {
                self.frame = too_small;
                self.unpooled += 1;
                AudioBuffer::owned(vec![0.0; length], sample_rate, channels)
            }
        }
    }

    /// How many buffers had to come from ordinary memory (`frames_unpooled`).
    #[must_use]
    pub fn unpooled(&self) -> u32 {
        self.unpooled
    }

    /// The frame that was not used. For hosts.
    #[must_use]
    pub fn into_unused_frame(self) -> Option<&'f mut [f32]> {
        self.frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_frame_of_the_host_first_then_ordinary_memory() {
        let mut memory = [0.0; 4];
        let address = memory.as_ptr();
        let mut context = NodeContext::with_frame(&mut memory);
        assert_ne!(context.audio(5, 8_000, 1).unwrap().samples().as_ptr(), address);
        assert_eq!(context.audio(4, 8_000, 1).unwrap().samples().as_ptr(), address);
        assert_ne!(context.audio(4, 8_000, 1).unwrap().samples().as_ptr(), address);
        assert_eq!(context.unpooled(), 2);
    }
}
