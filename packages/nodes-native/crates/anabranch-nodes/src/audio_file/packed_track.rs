//! How a packed file is opened: its demuxer, its decoder, and which part of its first audio track is to be heard.

use std::fs::File;

use anabranch_node::NodeError;
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadBytes};
use symphonia::core::units::TimeBase;
use symphonia::default::formats::{FlacReader, IsoMp4Reader, MpaReader, OggReader};

use super::container::Container;
use super::decoder::AudioInfo;
use super::file_error::{broken, unavailable};
use super::mp4_edits::{Mp4Edit, read_mp4_edit};
use super::packed_error::{CONVERT, REPAIR, coded};
use super::regular_file::open_to_read;
use super::vorbis_books::are_books_modest;

/// One audio track, ready to be decoded.
pub(crate) struct PackedTrack {
    pub(crate) format: Box<dyn FormatReader>,
    pub(crate) decoder: Box<dyn AudioDecoder>,
    pub(crate) id: u32,
    pub(crate) info: AudioInfo,
    /// In samples of one channel.
    pub(crate) edit: Mp4Edit,
    time_base: TimeBase,
}

impl PackedTrack {
    /// Ticks of the time base as samples.
    pub(crate) fn in_samples(&self, ticks: u64) -> u64 {
        in_samples(ticks, self.time_base, self.info.sample_rate)
    }

    /// Samples as ticks of the time base.
    pub(crate) fn in_ticks(&self, samples: u64) -> u64 {
        let rate = u128::from(self.info.sample_rate.max(1));
        let ticks = u128::from(samples) * u128::from(self.time_base.denom.get());
        let ticks = ticks / (u128::from(self.time_base.numer.get()) * rate);
        u64::try_from(ticks).unwrap_or(u64::MAX).min(i64::MAX.cast_unsigned())
    }
}

/// Opens the first audio track of `file`, in which the container begins at `at`.
///
/// # Errors
/// `ANB_AUDIO_FORMAT` for a broken header, `ANB_NOT_AVAILABLE` for a codec that is not built in.
pub(crate) fn open_track(path: &str, file: File, container: Container, at: u64) -> Result<PackedTrack, NodeError> {
    let format = open_format(file, container, at).map_err(|error| coded(path, error))?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| broken(path, "it has no audio track", "name a file that holds audio"))?;
    let params = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio())
        .ok_or_else(|| broken(path, "its audio track has no codec", REPAIR))?;
    let codec = codec_name(path, params)?;
    if codec == "vorbis" && !params.extra_data.as_deref().is_none_or(are_books_modest) {
        return Err(broken(path, "its Vorbis codebooks are larger than real ones", REPAIR));
    }
    let options = AudioDecoderOptions::default().gapless(true);
    let decoder =
        symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(|error| coded(path, error))?;
    let (rate, channels) = format_of(path, params, decoder.codec_params())?;
    let time_base = track.time_base.or_else(|| TimeBase::try_from_recip(rate));
    let time_base = time_base.ok_or_else(|| broken(path, "its audio track has no time base", REPAIR))?;
    let edit = edit_of(path, container, track, time_base, rate);
    let samples = edit.length.or(if container == Container::Mp4 { None } else { track.num_frames });
    let info = AudioInfo { container: container.name(), codec, sample_rate: rate, channels, samples, truncated: false };
    let info = info.checked(path)?;
    let id = track.id;
    Ok(PackedTrack { format, decoder, id, info, edit, time_base })
}

fn open_format(file: File, container: Container, at: u64) -> symphonia::core::errors::Result<Box<dyn FormatReader>> {
    let mut stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    stream.ignore_bytes(at)?;
    let options = FormatOptions::default();
    Ok(match container {
        Container::Flac => Box::new(FlacReader::try_new(stream, options)?),
        Container::Mp3 => Box::new(MpaReader::try_new(stream, options)?),
        Container::Ogg => Box::new(OggReader::try_new(stream, options)?),
        Container::Mp4 => {
            // This reader begins behind the four bytes by which a probe would have found it.
            stream.ignore_bytes(4)?;
            Box::new(IsoMp4Reader::try_new(stream, options)?)
        }
        Container::Wav => return Err(Error::Unsupported("wav")),
    })
}

fn codec_name(path: &str, params: &AudioCodecParameters) -> Result<&'static str, NodeError> {
    match params.codec {
        CODEC_ID_FLAC => Ok("flac"),
        CODEC_ID_MP3 => Ok("mp3"),
        CODEC_ID_VORBIS => Ok("vorbis"),
        CODEC_ID_AAC => Ok("aac"),
        CODEC_ID_ALAC => Ok("alac"),
        _ => Err(unavailable(path, "its codec is not one of flac, mp3, vorbis, aac, alac", CONVERT)),
    }
}

/// Rate and channels, by the container or else by the decoder.
fn format_of(path: &str, told: &AudioCodecParameters, decoded: &AudioCodecParameters) -> Result<(u32, u16), NodeError> {
    let rate = decoded.sample_rate.or(told.sample_rate);
    let channels = decoded.channels.as_ref().or(told.channels.as_ref()).map(Channels::count);
    match (rate, channels.map(u16::try_from)) {
        (Some(rate), Some(Ok(channels))) => Ok((rate, channels)),
        _ => Err(broken(path, "it does not say its sample rate and channels", REPAIR)),
    }
}

/// In samples.
fn edit_of(path: &str, container: Container, track: &Track, time_base: TimeBase, rate: u32) -> Mp4Edit {
    let whole = Mp4Edit { skip: 0, length: None };
    if container != Container::Mp4 {
        return whole;
    }
    let edit = open_to_read(path).ok().and_then(|(mut file, length)| read_mp4_edit(&mut file, length, track.id));
    let edit = edit.unwrap_or(Mp4Edit { skip: 0, length: track.num_frames.filter(|frames| *frames > 0) });
    let samples = |ticks: u64| in_samples(ticks, time_base, rate);
    Mp4Edit { skip: samples(edit.skip), length: edit.length.map(samples) }
}

fn in_samples(ticks: u64, base: TimeBase, rate: u32) -> u64 {
    let numer = u128::from(base.numer.get()) * u128::from(rate);
    let samples = u128::from(ticks).saturating_mul(numer) / u128::from(base.denom.get());
    u64::try_from(samples).unwrap_or(u64::MAX)
}
