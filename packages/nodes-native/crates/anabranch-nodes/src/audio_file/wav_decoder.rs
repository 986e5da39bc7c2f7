//! Samples of a WAV file as f32.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use anabranch_node::NodeError;

use super::decoder::{AudioInfo, Decoder, read_up_to};
use super::file_error::not_read;
use super::wav_header::{WavHeader, WavSample, read_wav_header};

/// What is read at once, in bytes: a few frames of 20 ms.
const BLOCK: usize = 64 * 1024;

/// Reads block by block. A whole number of `b` bits is divided by 2^(b − 1), and rounded once where f32 cannot hold it.
#[derive(Debug)]
pub(crate) struct WavDecoder {
    path: String,
    file: File,
    header: WavHeader,
    /// Sample frames that are left.
    left: u64,
    block: Vec<u8>,
}

impl WavDecoder {
    /// Reads the header of `file`, of `length` bytes.
    ///
    /// # Errors
    /// Those of [`read_wav_header`].
    pub(crate) fn open(path: &str, mut file: File, length: u64) -> Result<(Self, AudioInfo), NodeError> {
        let header = read_wav_header(path, &mut file, length)?;
        let codec = match header.sample {
            WavSample::U8 => "pcm_u8",
            WavSample::S16 => "pcm_s16",
            WavSample::S24 => "pcm_s24",
            WavSample::S32 => "pcm_s32",
            WavSample::F32 => "pcm_f32",
            WavSample::F64 => "pcm_f64",
        };
        let info = AudioInfo {
            container: "wav",
            codec,
            sample_rate: header.sample_rate,
            channels: header.channels,
            samples: Some(header.frames),
            truncated: header.truncated,
        }
        .checked(path)?;
        let mut decoder = Self { path: path.to_owned(), file, header, left: 0, block: Vec::new() };
        decoder.seek(0)?;
        Ok((decoder, info))
    }

    fn frame_bytes(&self) -> usize {
        self.header.sample.bytes() * usize::from(self.header.channels)
    }
}

impl Decoder for WavDecoder {
    fn decode(&mut self, samples: &mut Vec<f32>) -> Result<bool, NodeError> {
        let frame_bytes = self.frame_bytes();
        let frames = ((BLOCK / frame_bytes).max(1) as u64).min(self.left);
        // At most BLOCK, or one frame of 64 channels.
        let wanted = usize::try_from(frames).unwrap_or(0) * frame_bytes;
        self.block.resize(wanted, 0);
        let read = read_up_to(&mut self.file, &mut self.block).map_err(|error| {
            self.left = 0;
            not_read(&self.path, error)
        })?;
        let whole = read - read % frame_bytes;
        // A file that has become shorter since it was opened ends where it ends.
        self.left = if whole < wanted { 0 } else { self.left - frames };
        append(self.header.sample, &self.block[..whole], samples);
        Ok(whole > 0)
    }

    fn seek(&mut self, position: u64) -> Result<(), NodeError> {
        let position = position.min(self.header.frames);
        let at = self.header.data_at + position * self.frame_bytes() as u64;
        self.file.seek(SeekFrom::Start(at)).map_err(|error| not_read(&self.path, error))?;
        self.left = self.header.frames - position;
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "rounded once, to the nearest f32")]
fn append(sample: WavSample, bytes: &[u8], samples: &mut Vec<f32>) {
    match sample {
        WavSample::U8 => samples.extend(bytes.iter().map(|byte| (f32::from(*byte) - 128.0) / 128.0)),
        WavSample::S16 => {
            samples.extend(bytes.as_chunks().0.iter().map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0));
        }
        WavSample::S24 => samples.extend(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|&[low, mid, high]| i32::from_le_bytes([0, low, mid, high]) as f32 / 2_147_483_648.0),
        ),
        WavSample::S32 => {
            let numbers = bytes.as_chunks().0.iter().map(|bytes| i32::from_le_bytes(*bytes));
            samples.extend(numbers.map(|number| number as f32 / 2_147_483_648.0));
        }
        WavSample::F32 => samples.extend(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes))),
        WavSample::F64 => samples.extend(bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32)),
    }
}
