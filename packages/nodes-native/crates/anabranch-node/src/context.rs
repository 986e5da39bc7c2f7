//! What the host gives a node for one call.

use smallvec::SmallVec;

use crate::audio_buffer::check_format;
use crate::{AudioBuffer, Layout, NodeError, PcmBuffer, Sample, Samples};

/// One call's context: the time of the input set, and where output frames come from.
#[derive(Debug, Default)]
pub struct NodeContext<'f> {
    frames: SmallVec<[&'f mut [f32]; 2]>,
    unpooled: u32,
    pts_us: f64,
    discont: bool,
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
        Self::new().frame(frame)
    }

    /// Adds an output frame. For hosts.
    #[must_use]
    pub fn frame(mut self, frame: &'f mut [f32]) -> Self {
        self.frames.push(frame);
        self
    }

    /// Says the media time of the input set (µs), and whether something before it is missing. For hosts.
    #[must_use]
    pub fn at(mut self, pts_us: f64, discont: bool) -> Self {
        self.pts_us = pts_us;
        self.discont = discont;
        self
    }

    /// The media time of the input set at work, in µs.
    #[must_use]
    pub fn pts_us(&self) -> f64 {
        self.pts_us
    }

    /// Whether something before this input set is missing: a gap in the stream.
    #[must_use]
    pub fn discont(&self) -> bool {
        self.discont
    }

    /// A writable buffer of `length` interleaved samples, for an output. What is in it is not defined: write all of it.
    /// It lies in a frame of the host if one is left that is large enough, else in ordinary memory, which is counted.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when length, rate and channels do not fit together.
    pub fn audio(&mut self, length: usize, sample_rate: u32, channels: u16) -> Result<AudioBuffer<'f>, NodeError> {
        check_format(length, sample_rate, channels)?;
        match self.take_frame(length) {
            Some(frame) => AudioBuffer::exclusive(&mut frame[..length], sample_rate, channels),
            None => AudioBuffer::owned(vec![0.0; length], sample_rate, channels),
        }
    }

    /// The same for samples of type `T`; `count` is over all channels.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when count, rate and channels do not fit together.
    pub fn pcm<T: Sample>(
        &mut self,
        count: usize,
        sample_rate: u32,
        channels: u16,
        layout: Layout,
    ) -> Result<PcmBuffer<'f>, NodeError> {
        check_format(count, sample_rate, channels)?;
        let floats = (count * size_of::<T>()).div_ceil(size_of::<f32>());
        let frame = self.take_frame(floats).and_then(|frame| bytemuck::try_cast_slice_mut::<f32, T>(frame).ok());
        let samples = match frame.and_then(|frame| frame.get_mut(..count)) {
            Some(samples) => Samples::Exclusive(samples),
            None => Samples::Owned(vec![T::zeroed(); count]),
        };
        PcmBuffer::new(T::wrap(samples), sample_rate, channels, layout)
    }

    /// The first frame of at least `length` floats; where there is none, that is counted.
    fn take_frame(&mut self, length: usize) -> Option<&'f mut [f32]> {
        let found = self.frames.iter().position(|frame| frame.len() >= length);
        if found.is_none() {
            self.unpooled += 1;
        }
        found.map(|at| self.frames.remove(at))
    }

    /// How many buffers had to come from ordinary memory (`frames_unpooled`).
    #[must_use]
    pub fn unpooled(&self) -> u32 {
        self.unpooled
    }

    /// The first frame that was not used. For hosts.
    #[must_use]
    pub fn into_unused_frame(mut self) -> Option<&'f mut [f32]> {
        if self.frames.is_empty() { None } else { Some(self.frames.remove(0)) }
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

    #[test]
    fn pcm_lies_in_the_same_frames() {
        let mut memory = [0.0_f32; 4];
        let address = memory.as_ptr().addr();
        let mut context = NodeContext::with_frame(&mut memory);
        let pcm = context.pcm::<i16>(7, 8_000, 1, Layout::Interleaved).unwrap();
        assert_eq!(pcm.samples().as_bytes().as_ptr().addr(), address);
        assert_eq!(pcm.length(), 7);
        assert_eq!(context.unpooled(), 0);
        assert_eq!(context.pcm::<i16>(7, 8_000, 1, Layout::Interleaved).unwrap().length(), 7);
        assert_eq!(context.unpooled(), 1);
    }
}
