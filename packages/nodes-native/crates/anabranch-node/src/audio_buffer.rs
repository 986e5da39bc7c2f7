//! Audio as nodes see it: a view of interleaved f32 samples.

use std::borrow::Cow;

use crate::{ErrorCode, NodeContext, NodeError, Samples};

/// The lowest sample rate of the contract, in Hz (`sample_rate_min`).
pub const MIN_SAMPLE_RATE: u32 = 1_000;

/// The highest sample rate of the contract, in Hz (`sample_rate_max`).
pub const MAX_SAMPLE_RATE: u32 = 768_000;

/// The most channels of the contract (`channels_max`).
pub const MAX_CHANNELS: u16 = 64;

/// Interleaved f32 samples with their rate (Hz) and channel count. A view where the host lends memory, never a copy.
#[derive(Debug)]
pub struct AudioBuffer<'f> {
    samples: Samples<'f, f32>,
    sample_rate: u32,
    channels: u16,
}

impl<'f> AudioBuffer<'f> {
    /// A read-only view of `samples`.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when rate, channels and length do not fit together.
    pub fn shared(samples: &'f [f32], sample_rate: u32, channels: u16) -> Result<Self, NodeError> {
        Self::checked(Samples::Shared(samples), sample_rate, channels)
    }

    /// A view of samples that nobody else reads, so that a node may write over them.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when rate, channels and length do not fit together.
    pub fn exclusive(samples: &'f mut [f32], sample_rate: u32, channels: u16) -> Result<Self, NodeError> {
        Self::checked(Samples::Exclusive(samples), sample_rate, channels)
    }

    /// Samples in ordinary memory.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when rate, channels and length do not fit together.
    pub fn owned(samples: Vec<f32>, sample_rate: u32, channels: u16) -> Result<Self, NodeError> {
        Self::checked(Samples::Owned(samples), sample_rate, channels)
    }

    fn checked(samples: Samples<'f, f32>, sample_rate: u32, channels: u16) -> Result<Self, NodeError> {
        check_format(samples.len(), sample_rate, channels)?;
        Ok(Self { samples, sample_rate, channels })
    }

    /// The samples, interleaved: frame 0 of every channel, then frame 1.
    #[must_use]
    pub fn samples(&self) -> &[f32] {
        self.samples.as_slice()
    }

    /// The samples for writing, or `None` where others may read them.
    #[must_use]
    pub fn samples_mut(&mut self) -> Option<&mut [f32]> {
        self.samples.as_mut_slice()
    }

    /// Samples of one channel.
    #[must_use]
    pub fn length(&self) -> usize {
        self.samples.len() / usize::from(self.channels)
    }

    /// The same buffer, of which only the first `length` samples of each channel are left: for an output of which less
    /// was written than was asked for.
    #[must_use]
    pub fn truncated(self, length: usize) -> Self {
        let samples = self.samples.truncated(length * usize::from(self.channels));
        Self { samples, ..self }
    }

    /// The same samples in ordinary memory: for what outlives the call.
    #[must_use]
    pub fn into_owned(self) -> AudioBuffer<'static> {
        AudioBuffer { samples: self.samples.into_owned(), sample_rate: self.sample_rate, channels: self.channels }
    }

    pub(crate) fn into_shared(self) -> (Self, Cow<'f, [u8]>) {
        let (samples, bytes) = self.samples.into_shared();
        (Self { samples, ..self }, bytes)
    }

    /// The sample rate in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// The number of channels.
    #[must_use]
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Every sample through `change`: over the samples where they are writable, else into a frame from `context`.
    ///
    /// # Errors
    /// Those of [`NodeContext::audio`].
    pub fn map(mut self, context: &mut NodeContext<'f>, change: impl Fn(f32) -> f32) -> Result<Self, NodeError> {
        if let Some(samples) = self.samples_mut() {
            for sample in samples {
                *sample = change(*sample);
            }
            return Ok(self);
        }
        let mut changed = context.audio(self.samples().len(), self.sample_rate, self.channels)?;
        if let Some(samples) = changed.samples_mut() {
            for (to, from) in samples.iter_mut().zip(self.samples()) {
                *to = change(*from);
            }
        }
        Ok(changed)
    }
}

/// Whether `count` samples of `channels` channels at `sample_rate` Hz can be.
pub(crate) fn check_format(count: usize, sample_rate: u32, channels: u16) -> Result<(), NodeError> {
    if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&sample_rate) {
        return Err(format_error(format!(
            "sample rate {sample_rate} is not in {MIN_SAMPLE_RATE}–{MAX_SAMPLE_RATE} Hz"
        )));
    }
    if !(1..=MAX_CHANNELS).contains(&channels) {
        return Err(format_error(format!("{channels} channels is not in 1–{MAX_CHANNELS}")));
    }
    if !count.is_multiple_of(usize::from(channels)) {
        return Err(format_error(format!("{count} samples do not divide into {channels} channels")));
    }
    Ok(())
}

fn format_error(message: String) -> NodeError {
    NodeError::new(ErrorCode::AudioFormat, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_formats_that_cannot_be() {
        let samples = [0.0; 3];
        for (rate, channels) in [
            (0, 1),
            (MIN_SAMPLE_RATE - 1, 1),
            (MAX_SAMPLE_RATE + 1, 1),
            (16_000, 0),
            (16_000, MAX_CHANNELS + 1),
            (16_000, 2),
        ] {
            let error = AudioBuffer::shared(&samples, rate, channels).map(|_| ()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::AudioFormat, "{rate} Hz, {channels} channels");
        }
    }

    #[test]
    fn map_writes_over_exclusive_samples_and_leaves_shared_ones() {
        let mut memory = [1.0, 2.0];
        let address = memory.as_ptr();
        let buffer = AudioBuffer::exclusive(&mut memory, 8_000, 1).unwrap();
        let doubled = buffer.map(&mut NodeContext::new(), |sample| sample * 2.0).unwrap();
        assert_eq!(doubled.samples().as_ptr(), address);
        assert_eq!(memory.map(f32::to_bits), [2.0_f32, 4.0].map(f32::to_bits));

        let doubled =
            AudioBuffer::shared(&memory, 8_000, 1).unwrap().map(&mut NodeContext::new(), |s| s * 2.0).unwrap();
        assert_ne!(doubled.samples().as_ptr(), address);
        assert!(doubled.samples().iter().zip([4.0_f32, 8.0]).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert_eq!(memory.map(f32::to_bits), [2.0_f32, 4.0].map(f32::to_bits));
    }
}
