//! FLAC files, by flac-codec, block by block.

use std::fs::File;
use std::io::BufWriter;

use anabranch_node::{ErrorCode, NodeError};
use flac_codec::Error;
use flac_codec::encode::{FlacSampleWriter, Options};

use super::file_error::{broken, not_written};
use super::quantise::quantise;
use super::writer::Writer;

const MAX_CHANNELS: u16 = 8;
const MAX_RATE: u32 = 655_350;

/// The header tells at most 2^36 - 1 samples.
const MAX_SAMPLES: u64 = (1 << 36) - 1;

/// Holds one block of 4096 samples, and 24 bytes for each block written (2 MB in two hours). The length comes into the
/// header at the end; until then it says that the length is not known, and decoders play to the end of the file.
pub(crate) struct FlacFile {
    path: String,
    writer: Option<FlacSampleWriter<BufWriter<File>>>,
    bits: u32,
    channels: u16,
    written: u64,
    numbers: Vec<i32>,
}

impl FlacFile {
    /// Writes a first header.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` where FLAC cannot hold the rate or the channels, `ANB_NODE_EXECUTION` for what cannot be written.
    pub(crate) fn new(path: &str, file: File, bits: u16, sample_rate: u32, channels: u16) -> Result<Self, NodeError> {
        let narrow = u8::try_from(channels).ok().filter(|_| channels <= MAX_CHANNELS && sample_rate <= MAX_RATE);
        let Some(narrow) = narrow else {
            let received = format!("{sample_rate} Hz, {channels} channels");
            let expected = format!("at most {MAX_RATE} Hz, {MAX_CHANNELS} channels");
            return Err(broken(path, &format!("FLAC cannot hold {received}"), "write wav")
                .detail("expected", expected)
                .detail("received", received));
        };
        // All four decorrelations of stereo would cost half as much again, for 0.1 % of the size.
        let options = Options::default().no_seektable().fast_channel_correlation(true);
        let buffered = BufWriter::with_capacity(64 * 1024, file);
        let writer = FlacSampleWriter::new(buffered, options, sample_rate, bits.into(), narrow, None)
            .map_err(|error| failed(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            writer: Some(writer),
            bits: bits.into(),
            channels,
            written: 0,
            numbers: Vec::new(),
        })
    }
}

impl Writer for FlacFile {
    fn write(&mut self, samples: &[f32]) -> Result<(), NodeError> {
        let length = (samples.len() / usize::from(self.channels)) as u64;
        if self.written + length > MAX_SAMPLES {
            let message = format!("{}: a FLAC file holds at most {MAX_SAMPLES} samples of a channel", self.path);
            return Err(NodeError::new(ErrorCode::Limit, message)
                .detail("limit", "flac_samples")
                .fix("write several files"));
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        self.numbers.clear();
        self.numbers.extend(samples.iter().map(|sample| quantise(*sample, self.bits)));
        writer.write(&self.numbers).map_err(|error| failed(&self.path, error))?;
        self.written += length;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), NodeError> {
        match self.writer.take() {
            Some(writer) => writer.finalize().map_err(|error| failed(&self.path, error)),
            None => Ok(()),
        }
    }
}

fn failed(path: &str, error: Error) -> NodeError {
    match error {
        Error::Io(error) => not_written(path, error),
        other => broken(path, &format!("it cannot be written as FLAC ({other})"), "write wav"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        // The system's own disk that is always full; what is held back is written at the end.
        let file = File::options().write(true).open("/dev/full").unwrap();
        let mut flac = FlacFile::new("/dev/full", file, 16, 8_000, 1).unwrap();
        flac.write(&[0.5; 10]).unwrap();
        let error = flac.finish().unwrap_err();
        assert_eq!(error.code(), ErrorCode::NodeExecution);
        assert_eq!(error.to_json()["fix"], "make room on the disk, or write elsewhere");
    }
}
