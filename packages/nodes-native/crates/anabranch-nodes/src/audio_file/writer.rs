//! What the writers have in common, and how the right one is made.

use std::fs::File;

use anabranch_node::NodeError;

use super::flac_writer::FlacFile;
use super::wav_writer::WavFile;

/// How samples are put into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// WAV with whole numbers of 16 or 24 bits.
    WavInt(u16),
    /// WAV with 32-bit floats.
    WavFloat,
    /// FLAC with 16 or 24 bits.
    Flac(u16),
}

/// Writes one file, in order.
pub(crate) trait Writer: Send {
    /// Adds interleaved samples.
    ///
    /// # Errors
    /// `ANB_LIMIT` where the file would be larger than its format allows, `ANB_NODE_EXECUTION` for what cannot be written.
    fn write(&mut self, samples: &[f32]) -> Result<(), NodeError>;

    /// Writes what is held back, and the lengths into the header. Once.
    ///
    /// # Errors
    /// `ANB_NODE_EXECUTION` for what cannot be written.
    fn finish(&mut self) -> Result<(), NodeError>;
}

/// A writer of `encoding` into the empty `file`.
///
/// # Errors
/// `ANB_AUDIO_FORMAT` where the format cannot hold the rate or the channels, `ANB_NODE_EXECUTION` for what cannot be
/// written.
pub(crate) fn open_writer(
    path: &str,
    file: File,
    encoding: Encoding,
    sample_rate: u32,
    channels: u16,
) -> Result<Box<dyn Writer>, NodeError> {
    Ok(match encoding {
        Encoding::WavInt(_) | Encoding::WavFloat => {
            Box::new(WavFile::new(path, file, encoding, sample_rate, channels)?)
        }
        Encoding::Flac(bits) => Box::new(FlacFile::new(path, file, bits, sample_rate, channels)?),
    })
}
