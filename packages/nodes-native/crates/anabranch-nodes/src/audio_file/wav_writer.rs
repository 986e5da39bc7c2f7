//! WAV files, by hound.

use std::fs::File;
use std::io::BufWriter;

use anabranch_node::{ErrorCode, NodeError};
use hound::{SampleFormat, WavSpec, WavWriter};

use super::file_error::{broken, not_written};
use super::quantise::quantise;
use super::writer::{Encoding, Writer};

/// The data a header can tell of: 2^32 bytes, less the header itself and a margin.
const MAX_DATA: u64 = u32::MAX as u64 - 1_024;

/// Brings its header up to date after every second of audio: a process that is killed leaves a file that plays up to there.
pub(crate) struct WavFile {
    path: String,
    writer: Option<WavWriter<BufWriter<File>>>,
    float: bool,
    bits: u16,
    written: u64,
    max: u64,
    /// Bytes of one second, and of what was written since the header.
    second: u64,
    unheaded: u64,
}

impl WavFile {
    /// Writes a first header.
    ///
    /// # Errors
    /// `ANB_NODE_EXECUTION` for what cannot be written.
    pub(crate) fn new(
        path: &str,
        file: File,
        encoding: Encoding,
        sample_rate: u32,
        channels: u16,
    ) -> Result<Self, NodeError> {
        let (bits, sample_format) = match encoding {
            Encoding::WavFloat => (32, SampleFormat::Float),
            Encoding::WavInt(bits) | Encoding::Flac(bits) => (bits, SampleFormat::Int),
        };
        let spec = WavSpec { channels, sample_rate, bits_per_sample: bits, sample_format };
        let mut writer =
            WavWriter::new(BufWriter::with_capacity(64 * 1024, file), spec).map_err(|error| failed(path, error))?;
        writer.flush().map_err(|error| failed(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            writer: Some(writer),
            float: sample_format == SampleFormat::Float,
            bits,
            written: 0,
            max: MAX_DATA,
            second: u64::from(sample_rate) * u64::from(channels) * u64::from(bits / 8),
            unheaded: 0,
        })
    }
}

impl Writer for WavFile {
    fn write(&mut self, samples: &[f32]) -> Result<(), NodeError> {
        let bytes = samples.len() as u64 * u64::from(self.bits / 8);
        if self.written + bytes > self.max {
            let message =
                format!("{}: a WAV file holds at most 4 GiB, and {} bytes are written", self.path, self.written);
            return Err(NodeError::new(ErrorCode::Limit, message)
                .detail("limit", "wav_bytes")
                .fix("write flac, fewer bits, or several files"));
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let written = if self.float {
            samples.iter().try_for_each(|sample| writer.write_sample(*sample))
        } else {
            let bits = u32::from(self.bits);
            samples.iter().try_for_each(|sample| writer.write_sample(quantise(*sample, bits)))
        };
        written.map_err(|error| failed(&self.path, error))?;
        self.written += bytes;
        self.unheaded += bytes;
        if self.unheaded >= self.second {
            self.unheaded = 0;
            writer.flush().map_err(|error| failed(&self.path, error))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), NodeError> {
        match self.writer.take() {
            Some(writer) => writer.finalize().map_err(|error| failed(&self.path, error)),
            None => Ok(()),
        }
    }
}

fn failed(path: &str, error: hound::Error) -> NodeError {
    match error {
        hound::Error::IoError(error) => not_written(path, error),
        other => broken(path, &format!("it cannot be written as WAV ({other})"), "write flac, or convert before"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio_file::file_error;

    fn on(path: &str, encoding: Encoding) -> Result<WavFile, NodeError> {
        let file = File::options().write(true).open(path).map_err(|error| file_error::not_opened(path, error))?;
        WavFile::new(path, file, encoding, 8_000, 1)
    }

    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        // The system's own disk that is always full.
        let error = on("/dev/full", Encoding::WavInt(16)).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NodeExecution);
        assert!(!error.is_retryable());
        assert_eq!(error.to_json()["fix"], "make room on the disk, or write elsewhere");
        assert!(error.message().contains("/dev/full"));
    }

    #[test]
    fn the_limit_of_the_header_is_kept_before_it_is_passed() {
        let mut wav = on("/dev/null", Encoding::WavFloat).unwrap();
        assert_eq!(wav.max, 4_294_966_271);
        wav.max = 8;
        wav.write(&[0.0; 2]).unwrap();
        let error = wav.write(&[0.0; 1]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Limit);
        assert_eq!(wav.written, 8);
        wav.finish().unwrap();
    }
}
