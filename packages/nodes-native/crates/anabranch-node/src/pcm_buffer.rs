//! Samples of other types than f32, where audio enters or leaves.

use std::borrow::Cow;

use bytemuck::Pod;

use crate::audio_buffer::check_format;
use crate::{NodeError, Samples};

/// How the channels of a [`PcmBuffer`] lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Sample 0 of every channel, then sample 1.
    #[default]
    Interleaved,
    /// Every sample of channel 0, then of channel 1.
    Planar,
}

/// The samples of a [`PcmBuffer`], by their type.
#[derive(Debug)]
pub enum PcmSamples<'f> {
    /// Unsigned 8 bit; 128 is silence.
    U8(Samples<'f, u8>),
    /// Signed 16 bit.
    I16(Samples<'f, i16>),
    /// Signed 32 bit.
    I32(Samples<'f, i32>),
    /// 32-bit float; full scale is 1.
    F32(Samples<'f, f32>),
    /// 64-bit float; full scale is 1.
    F64(Samples<'f, f64>),
}

/// A type that samples may have.
pub trait Sample: Pod {
    /// Wraps a run of this type.
    fn wrap(samples: Samples<'_, Self>) -> PcmSamples<'_>;
}

macro_rules! samples {
    ($($type:ty => $variant:ident / $name:literal),+) => {
        $(impl Sample for $type {
            fn wrap(samples: Samples<'_, Self>) -> PcmSamples<'_> {
                PcmSamples::$variant(samples)
            }
        })+

        impl<'f> PcmSamples<'f> {
            /// How many samples there are, over all channels.
            #[must_use]
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(samples) => samples.len(),)+ }
            }

            /// The type in the words of the contract: `u8`, `i16`, `i32`, `f32`, `f64`.
            #[must_use]
            pub fn dtype(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }

            /// The samples as bytes, in the byte order of this machine.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                match self { $(Self::$variant(samples) => bytemuck::cast_slice(samples.as_slice()),)+ }
            }

            pub(crate) fn into_owned(self) -> PcmSamples<'static> {
                match self { $(Self::$variant(samples) => PcmSamples::$variant(samples.into_owned()),)+ }
            }

            fn into_shared(self) -> (Self, Cow<'f, [u8]>) {
                match self {
                    $(Self::$variant(samples) => {
                        let (samples, bytes) = samples.into_shared();
                        (Self::$variant(samples), bytes)
                    })+
                }
            }

            pub(crate) fn truncated(self, length: usize) -> Self {
                match self { $(Self::$variant(samples) => Self::$variant(samples.truncated(length)),)+ }
            }
        }
    };
}

samples!(u8 => U8 / "u8", i16 => I16 / "i16", i32 => I32 / "i32", f32 => F32 / "f32", f64 => F64 / "f64");

impl PcmSamples<'_> {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Samples with their type, rate (Hz), channel count and layout. A view where the host lends memory, never a copy.
#[derive(Debug)]
pub struct PcmBuffer<'f> {
    samples: PcmSamples<'f>,
    sample_rate: u32,
    channels: u16,
    layout: Layout,
}

impl<'f> PcmBuffer<'f> {
    /// A buffer of `samples`.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` when rate, channels and length do not fit together.
    pub fn new(samples: PcmSamples<'f>, sample_rate: u32, channels: u16, layout: Layout) -> Result<Self, NodeError> {
        check_format(samples.len(), sample_rate, channels)?;
        Ok(Self { samples, sample_rate, channels, layout })
    }

    /// The samples.
    #[must_use]
    pub fn samples(&self) -> &PcmSamples<'f> {
        &self.samples
    }

    /// The samples, for writing where they are writable.
    pub fn samples_mut(&mut self) -> &mut PcmSamples<'f> {
        &mut self.samples
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

    /// How the channels lie.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Samples of one channel.
    #[must_use]
    pub fn length(&self) -> usize {
        self.samples.len() / usize::from(self.channels)
    }

    /// The same samples in ordinary memory: for what outlives the call.
    #[must_use]
    pub fn into_owned(self) -> PcmBuffer<'static> {
        let Self { samples, sample_rate, channels, layout } = self;
        PcmBuffer { samples: samples.into_owned(), sample_rate, channels, layout }
    }

    pub(crate) fn into_shared(self) -> (Self, Cow<'f, [u8]>) {
        let (samples, bytes) = self.samples.into_shared();
        (Self { samples, ..self }, bytes)
    }

    /// The same buffer, of which only the first `count` samples over all channels are left.
    #[must_use]
    pub fn truncated(self, count: usize) -> Self {
        Self { samples: self.samples.truncated(count), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_type_and_refuses_what_cannot_be() {
        let samples = [1_i16, 2, 3, 4];
        let buffer = PcmBuffer::new(i16::wrap(Samples::Shared(&samples)), 8_000, 2, Layout::Planar).unwrap();
        assert_eq!((buffer.samples().dtype(), buffer.length(), buffer.layout()), ("i16", 2, Layout::Planar));
        assert_eq!(buffer.samples().as_bytes().len(), 8);
        let odd = PcmBuffer::new(i16::wrap(Samples::Shared(&samples[..3])), 8_000, 2, Layout::Planar);
        assert_eq!(odd.unwrap_err().code(), crate::ErrorCode::AudioFormat);
    }
}
