//! `AudioFileSink`: writes audio to a file.

use std::path::Path;

use anabranch_node::{
    ErrorCode, Issue, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Purity,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audio_file::{Encoding, OutputFile, Writer, open_writer};

/// The formats that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AudioFileFormat {
    /// WAV, up to 4 GiB.
    Wav,
    /// FLAC, up to 8 channels and 655,350 Hz.
    Flac,
}

/// The params of [`AudioFileSink`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudioFileSinkParams {
    /// The file; its folder exists. A relative path begins at the working directory of the process.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The format of the file; by the extension of the path where it is not given.
    #[serde(default)]
    pub format: Option<AudioFileFormat>,
    /// Bits of a sample: 16 or 24 for whole numbers, 32 for floats (wav only).
    #[serde(default = "default_bits")]
    #[schemars(extend("enum" = [16, 24, 32]))]
    pub bits: u16,
    /// Whether a file that exists is written over; otherwise it is an error.
    #[serde(default = "default_overwrite")]
    pub overwrite: bool,
}

const fn default_bits() -> u16 {
    16
}

const fn default_overwrite() -> bool {
    true
}

/// Writes what comes on `input` to one file, in place: the file grows while it is written. A file that exists is emptied at
/// the first frame, not before.
///
/// Whole numbers are rounded to the nearest and clipped at full scale, never wrapped; not-a-number becomes 0. Lengths
/// are in the header after the flush or the cleanup. A process that is killed leaves a WAV file whose header is at most
/// a second of audio behind, or a FLAC file that says no length.
///
/// `ANB_NOT_AVAILABLE` where the file cannot be made, `ANB_NODE_EXECUTION` where writing fails, `ANB_AUDIO_FORMAT` where
/// rate or channels change or the format cannot hold them, `ANB_LIMIT` where a WAV file would pass 4 GiB: what was
/// written before stays sound.
pub struct AudioFileSink {
    path: String,
    encoding: Encoding,
    overwrite: bool,
    output: Option<OutputFile>,
    writing: Option<Writing>,
}

struct Writing {
    writer: Box<dyn Writer>,
    sample_rate: u32,
    channels: u16,
}

impl NodeType for AudioFileSink {
    type Params = AudioFileSinkParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("AudioFileSink", "Writes audio to a wav or flac file.")
            .input("input", Kind::Audio)
            .purity(Purity::Effectful)
            .example("A WAV file of 16 bits", json!({ "path": "recording.wav" }))
            .example(
                "Floats, and never over an older file",
                json!({ "path": "take-1.wav", "bits": 32, "overwrite": false }),
            )
            .example("A FLAC file of 24 bits", json!({ "path": "archive.flac", "bits": 24 }))
    }

    fn create(params: AudioFileSinkParams) -> Result<Self, NodeError> {
        let mut issues = Vec::new();
        if params.path.is_empty() || params.path.contains('\0') {
            issues.push(Issue::new("path", "must name a file").expected("a path", format!("{:?}", params.path)));
        }
        let format = params.format.or_else(|| by_extension(&params.path));
        if format.is_none() {
            let issue = Issue::new("format", "must be given where the path ends neither in .wav nor in .flac");
            issues.push(issue.expected("wav or flac", format!("{:?}", params.path)));
        }
        let encoding = match (format, params.bits) {
            (_, bits) if ![16, 24, 32].contains(&bits) => {
                issues.push(Issue::new("bits", "must be 16, 24 or 32").expected("16, 24 or 32", bits.to_string()));
                None
            }
            (Some(AudioFileFormat::Flac), 32) => {
                let issue = Issue::new("bits", "must be 16 or 24 in a flac file: it holds no floats");
                issues.push(issue.expected("16 or 24", "32"));
                None
            }
            (Some(AudioFileFormat::Wav), 32) => Some(Encoding::WavFloat),
            (Some(AudioFileFormat::Wav), bits) => Some(Encoding::WavInt(bits)),
            (Some(AudioFileFormat::Flac), bits) => Some(Encoding::Flac(bits)),
            (None, _) => None,
        };
        match encoding {
            Some(encoding) if issues.is_empty() => {
                Ok(Self { path: params.path, encoding, overwrite: params.overwrite, output: None, writing: None })
            }
            _ => Err(NodeError::params(&issues)),
        }
    }
}

fn by_extension(path: &str) -> Option<AudioFileFormat> {
    let extension = Path::new(path).extension()?;
    if extension.eq_ignore_ascii_case("wav") {
        return Some(AudioFileFormat::Wav);
    }
    extension.eq_ignore_ascii_case("flac").then_some(AudioFileFormat::Flac)
}

impl AudioFileSink {
    /// The writer, made for the format of the first frame.
    fn writing(&mut self, sample_rate: u32, channels: u16) -> Result<&mut Writing, NodeError> {
        let writing = match self.writing.take() {
            Some(writing) => writing,
            None => self.begin(sample_rate, channels)?,
        };
        let writing = self.writing.insert(writing);
        if (writing.sample_rate, writing.channels) == (sample_rate, channels) {
            return Ok(writing);
        }
        let had = format!("{} Hz, {} channels", writing.sample_rate, writing.channels);
        let has = format!("{sample_rate} Hz, {channels} channels");
        Err(NodeError::new(ErrorCode::AudioFormat, format!("{}: the file has {had}, and a frame has {has}", self.path))
            .detail("expected", had)
            .detail("received", has)
            .fix("put an AudioResampleNode or a ChannelMixNode before it, or write each format to a file of its own"))
    }

    fn begin(&mut self, sample_rate: u32, channels: u16) -> Result<Writing, NodeError> {
        let output = self
            .output
            .as_ref()
            .ok_or_else(|| NodeError::execution(format!("{}: the file is not open", self.path)).retryable(false))?;
        let writer = open_writer(&self.path, output.emptied(&self.path)?, self.encoding, sample_rate, channels)?;
        Ok(Writing { writer, sample_rate, channels })
    }

    fn finish(&mut self) -> Result<(), NodeError> {
        let output = self.output.take();
        if let Some(mut writing) = self.writing.take() {
            return writing.writer.finish();
        }
        if let Some(output) = output {
            output.discard();
        }
        Ok(())
    }
}

impl NodeExecutor for AudioFileSink {
    fn node_type(&self) -> &'static str {
        "AudioFileSink"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &[]
    }

    fn prepare(&mut self, _context: &mut NodeContext<'_>) -> Result<(), NodeError> {
        self.output = Some(OutputFile::open(&self.path, self.overwrite)?);
        Ok(())
    }

    fn output_samples(&self, _key: &str, _input: usize) -> usize {
        0
    }

    fn execute<'f>(
        &mut self,
        inputs: NodeInputs<'f>,
        _context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let input = inputs.audio_buffer("input")?;
        if input.samples().is_empty() {
            return Err(NodeError::inputs("input", "a frame without samples").fix("filter empty frames before"));
        }
        self.writing(input.sample_rate(), input.channels())?.writer.write(input.samples())?;
        Ok(NodeOutputs::new())
    }

    fn flush<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
        self.finish()?;
        Ok(NodeOutputs::new())
    }

    fn cleanup(&mut self) -> Result<(), NodeError> {
        self.finish()
    }
}
