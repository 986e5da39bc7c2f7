//! What all decoders have in common, and how the right one is found.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use anabranch_node::{MAX_CHANNELS, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, NodeError};

use super::container::Container;
use super::file_error::{broken, not_read};
use super::packed_decoder::PackedDecoder;
use super::regular_file::open_to_read;
use super::wav_decoder::WavDecoder;

/// What is known of an audio file before it is decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AudioInfo {
    /// `wav`, `flac`, `mp3`, `ogg`, `mp4`.
    pub(crate) container: &'static str,
    /// `pcm_s16`, `flac`, `mp3`, `vorbis`, `aac`, `alac`.
    pub(crate) codec: &'static str,
    /// In Hz.
    pub(crate) sample_rate: u32,
    /// From 1 to 64.
    pub(crate) channels: u16,
    /// Samples of one channel, where the file says so.
    pub(crate) samples: Option<u64>,
    /// Whether the file is shorter than its header says.
    pub(crate) truncated: bool,
}

impl AudioInfo {
    /// The same, if rate and channels are those that a graph carries.
    pub(crate) fn checked(self, path: &str) -> Result<Self, NodeError> {
        if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&self.sample_rate) {
            return Err(broken(
                path,
                &format!("its sample rate is {} Hz", self.sample_rate),
                &format!("convert it to a rate of {MIN_SAMPLE_RATE}–{MAX_SAMPLE_RATE} Hz"),
            ));
        }
        if !(1..=MAX_CHANNELS).contains(&self.channels) {
            return Err(broken(
                path,
                &format!("it has {} channels", self.channels),
                &format!("convert it to 1–{MAX_CHANNELS} channels"),
            ));
        }
        Ok(self)
    }
}

/// Decodes one file, in order.
pub(crate) trait Decoder: Send {
    /// Adds the next interleaved samples to `samples`; `false` at the end. A bounded number in each call.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` for what cannot be decoded, `ANB_NODE_EXECUTION` for what cannot be read. The next call goes
    /// on behind it, or is at the end.
    fn decode(&mut self, samples: &mut Vec<f32>) -> Result<bool, NodeError>;

    /// Goes to the sample `position` of each channel.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn seek(&mut self, position: u64) -> Result<(), NodeError>;
}

/// Opens `path` and reads its header. What it is, is told by its first bytes, not by its name.
///
/// # Errors
/// `ANB_NOT_AVAILABLE` for what is no file or is coded in an unknown way, `ANB_AUDIO_FORMAT` for a broken header.
pub(crate) fn open_decoder(path: &str) -> Result<(Box<dyn Decoder>, AudioInfo), NodeError> {
    let (mut file, length) = open_to_read(path)?;
    let (container, audio_at) = Container::of(path, &mut file)?;
    file.seek(SeekFrom::Start(0)).map_err(|error| not_read(path, error))?;
    match container {
        Container::Wav => {
            let (decoder, info) = WavDecoder::open(path, file, length)?;
            Ok((Box::new(decoder), info))
        }
        packed => {
            let (decoder, info) = PackedDecoder::open(path, file, packed, audio_at)?;
            Ok((Box::new(decoder), info))
        }
    }
}

/// Reads until `bytes` is full or the file ends; gives the number read.
pub(crate) fn read_up_to(file: &mut File, bytes: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
