//! `AudioFileSource`: plays an audio file.

use anabranch_node::{
    ErrorCode, Format, Formats, Issue, Kind, NodeContext, NodeError, NodeExecutor, NodeOutputs, NodeSpec, NodeType,
    Time, Value,
};
use serde_json::json;

use crate::audio_file::{AudioInfo, Decoder, open_decoder};
use crate::audio_file_source_params::{AudioFileSourceParams, issues_of};

const DEFAULT_FRAME_MS: f64 = 20.0;
/// The largest frame of the contract (`audio_frame_bytes`).
const MAX_FRAME_BYTES: usize = 4 << 20;

/// Plays wav (8, 16, 24 and 32 bits, 32- and 64-bit floats), flac, mp3, ogg (Vorbis) and m4a (AAC-LC, ALAC), told apart
/// by their first bytes. It reads as it goes, in constant memory.
///
/// `output` has the rate and channels of the file, in frames of equal length, of which the last may be shorter. Samples
/// of lossless files are exact: a whole number of `b` bits over 2^(b − 1). What lossy encoders put before and behind the
/// audio is cut off where the file says how much it is. `info` comes once, with the first frame: `{ container, codec,
/// sample_rate, channels, samples, duration_ms, truncated }`, of the part that is played; `samples` (of one channel) and
/// `duration_ms` are null where the file does not say them.
///
/// The file is opened by `prepare`: `ANB_NOT_AVAILABLE` where `path` is no readable file or its codec is not built in,
/// `ANB_AUDIO_FORMAT` where it is broken. A broken packet in the middle is one such error and silence in its place. A WAV
/// file that is shorter than its header says plays to its end, `truncated` in `info`.
pub struct AudioFileSource {
    params: AudioFileSourceParams,
    playing: Option<Playing>,
}

struct Playing {
    decoder: Box<dyn Decoder>,
    info: AudioInfo,
    /// Samples over all channels.
    frame: usize,
    /// Samples of one channel that are left of the part, where it has an end.
    left: Option<u64>,
    /// The samples of the whole part.
    samples: Option<u64>,
    /// Interleaved samples that were decoded and not given yet, from `given` on.
    decoded: Vec<f32>,
    given: usize,
    told: bool,
    ended: bool,
}

impl NodeType for AudioFileSource {
    type Params = AudioFileSourceParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("AudioFileSource", "Plays an audio file: wav, flac, mp3, ogg or m4a.")
            .source()
            .output("output", Kind::Audio)
            .output("info", Kind::Json)
            .time(Time::Samples)
            .example("A recording in frames of 20 ms", json!({ "path": "speech.wav" }))
            .example(
                "Half a minute from the middle, in frames of 512 samples",
                json!({ "path": "podcast.mp3", "start_ms": 60_000, "end_ms": 90_000, "frame_samples": 512 }),
            )
    }

    /// Reads the header of the file. Where that fails nothing is known: `prepare` says why.
    fn formats(params: &AudioFileSourceParams) -> Formats {
        match open_decoder(&params.path) {
            Ok((_, info)) => vec![("output", Format::new().rate(info.sample_rate).channels(info.channels))],
            Err(_) => Vec::new(),
        }
    }

    fn create(params: AudioFileSourceParams) -> Result<Self, NodeError> {
        let issues = issues_of(&params);
        if issues.is_empty() { Ok(Self { params, playing: None }) } else { Err(NodeError::params(&issues)) }
    }
}

/// The whole sample nearest to `ms`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1e12 ms at 768 kHz is below 2^50")]
fn samples_of(ms: f64, sample_rate: u32) -> u64 {
    (ms * f64::from(sample_rate) / 1_000.0).round() as u64
}

impl AudioFileSource {
    fn open(&self) -> Result<Playing, NodeError> {
        let params = &self.params;
        let (mut decoder, info) = open_decoder(&params.path)?;
        let frame = match params.frame_samples {
            Some(samples) => samples.into(),
            None => samples_of(params.frame_ms.unwrap_or(DEFAULT_FRAME_MS), info.sample_rate).max(1),
        };
        let frame = usize::try_from(frame).unwrap_or(usize::MAX).saturating_mul(info.channels.into());
        if frame > MAX_FRAME_BYTES / size_of::<f32>() {
            let message = format!("{}: a frame of {frame} samples has more than {MAX_FRAME_BYTES} bytes", params.path);
            return Err(NodeError::new(ErrorCode::Limit, message)
                .detail("limit", "audio_frame_bytes")
                .fix("choose a smaller frame_ms or frame_samples"));
        }
        let start = samples_of(params.start_ms, info.sample_rate);
        if let Some(samples) = info.samples.filter(|samples| start > 0 && start >= *samples) {
            let issue = Issue::new("start_ms", format!("is behind the end of {}", params.path))
                .expected(format!("less than {}", ms_of(samples, info.sample_rate)), params.start_ms.to_string());
            return Err(NodeError::params(&[issue]));
        }
        if start > 0 {
            decoder.seek(start)?;
        }
        let left = params.end_ms.map(|end| samples_of(end, info.sample_rate).saturating_sub(start));
        let samples = info.samples.map(|samples| (samples - start).min(left.unwrap_or(u64::MAX)));
        Ok(Playing { decoder, info, frame, left, samples, decoded: Vec::new(), given: 0, told: false, ended: false })
    }
}

#[allow(clippy::cast_precision_loss, reason = "below 2^53 samples")]
fn ms_of(samples: u64, sample_rate: u32) -> f64 {
    samples as f64 * 1_000.0 / f64::from(sample_rate)
}

impl Playing {
    fn next<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        let channels = usize::from(self.info.channels);
        let wanted = match self.left {
            Some(left) => usize::try_from(left).unwrap_or(usize::MAX).saturating_mul(channels).min(self.frame),
            None => self.frame,
        };
        while self.decoded.len() - self.given < wanted && !self.ended {
            self.decoded.drain(..self.given);
            self.given = 0;
            self.ended = !self.decoder.decode(&mut self.decoded)?;
        }
        let length = wanted.min(self.decoded.len() - self.given);
        let mut outputs = NodeOutputs::new();
        if length > 0 {
            let mut frame = context.audio(length, self.info.sample_rate, self.info.channels)?;
            if let Some(samples) = frame.samples_mut() {
                samples.copy_from_slice(&self.decoded[self.given..self.given + length]);
            }
            outputs.insert("output", Value::Audio(frame));
            self.given += length;
            if let Some(left) = &mut self.left {
                *left -= (length / channels) as u64;
            }
        }
        if !self.told {
            self.told = true;
            outputs.insert("info", Value::Plain(self.info_value()));
        }
        Ok((!outputs.is_empty()).then_some(outputs))
    }

    fn info_value(&self) -> serde_json::Value {
        let AudioInfo { container, codec, sample_rate, channels, truncated, .. } = self.info;
        json!({
            "container": container,
            "codec": codec,
            "sample_rate": sample_rate,
            "channels": channels,
            "samples": self.samples,
            "duration_ms": self.samples.map(|samples| ms_of(samples, sample_rate)),
            "truncated": truncated,
        })
    }
}

impl NodeExecutor for AudioFileSource {
    fn node_type(&self) -> &'static str {
        "AudioFileSource"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &[]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output", "info"]
    }

    fn prepare(&mut self, _context: &mut NodeContext<'_>) -> Result<(), NodeError> {
        self.playing = Some(self.open()?);
        Ok(())
    }

    fn output_samples(&self, key: &str, _input: usize) -> usize {
        match &self.playing {
            Some(playing) if key == "output" => playing.frame,
            _ => 0,
        }
    }

    fn produce<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        match &mut self.playing {
            Some(playing) => playing.next(context),
            None => Err(NodeError::execution("AudioFileSource was not prepared").retryable(false)),
        }
    }

    /// Opens the file anew: it plays from its start again.
    fn reset(&mut self) -> Result<bool, NodeError> {
        if self.playing.is_some() {
            self.playing = Some(self.open()?);
        }
        Ok(true)
    }

    fn cleanup(&mut self) -> Result<(), NodeError> {
        self.playing = None;
        Ok(())
    }
}
