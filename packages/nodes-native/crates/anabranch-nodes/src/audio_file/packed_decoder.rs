//! Flac, MP3, Ogg and MP4 by symphonia, with what it leaves open: parts that are exact, broken packets, and an end that
//! comes early.

use std::fs::File;

use anabranch_node::NodeError;
use symphonia::core::errors::Error;
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

use super::container::Container;
use super::decoder::{AudioInfo, Decoder};
use super::file_error::broken;
use super::packed_error::{REPAIR, coded, guarded, is_of_the_system};
use super::packed_track::{PackedTrack, open_track};

/// How long before the wanted sample decoding begins after a seek, in seconds: lossy decoders need what came before.
const PREROLL_SECONDS: u64 = 1;

/// So many broken packets in a row are the end: what follows is not audio.
const MAX_BROKEN: u32 = 32;

/// So many packets of other tracks may come between two of ours.
const MAX_FOREIGN: u32 = 1 << 20;

/// The longest silence that stands for a broken packet, in samples of one channel: more than any packet has.
const MAX_PACKET: u64 = 1 << 16;

/// How much shorter than promised a lossy file may be, in samples of one channel: encoders count some packets differently.
const MAX_MISSING: u64 = 4_096;

/// Decodes the first audio track of a file.
pub(crate) struct PackedDecoder {
    path: String,
    track: PackedTrack,
    /// How long before the wanted sample decoding begins after a seek, in samples of one channel.
    preroll: u64,
    /// Samples of each channel that are still to be dropped; behind a seek, where to: counted from the first decoded.
    drop: Dropped,
    /// Samples of each channel that are left of the edit.
    left: Option<u64>,
    /// Samples of each channel that came, for files that promise a number.
    came: u64,
    broken: u32,
    ended: bool,
    packet: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
enum Dropped {
    Samples(u64),
    UpTo(u64),
}

impl PackedDecoder {
    /// Reads the header of `file`, in which the container begins at `at`.
    ///
    /// # Errors
    /// Those of [`open_track`].
    pub(crate) fn open(path: &str, file: File, container: Container, at: u64) -> Result<(Self, AudioInfo), NodeError> {
        let track = guarded(path, || open_track(path, file, container, at))??;
        let info = track.info.clone();
        let decoder = Self {
            path: path.to_owned(),
            preroll: PREROLL_SECONDS * u64::from(info.sample_rate),
            drop: Dropped::Samples(track.edit.skip),
            left: track.edit.length,
            track,
            came: 0,
            broken: 0,
            ended: false,
            packet: Vec::new(),
        };
        Ok((decoder, info))
    }

    /// One packet of our track, decoded into `self.packet`; `false` at the end.
    fn decode_packet(&mut self) -> Result<bool, NodeError> {
        for _ in 0..MAX_FOREIGN {
            let packet = match self.track.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return self.end(),
                Err(error) => {
                    self.ended = true;
                    return Err(self.failed_at("ends or breaks off", error));
                }
            };
            if packet.track_id == self.track.id {
                return self.decode_one(&packet).map(|()| true);
            }
        }
        self.ended = true;
        Err(broken(&self.path, &format!("{MAX_FOREIGN} packets follow that are not of its audio track"), REPAIR))
    }

    fn decode_one(&mut self, packet: &Packet) -> Result<(), NodeError> {
        let audio = match self.track.decoder.decode(packet) {
            Ok(audio) => audio,
            Err(error) => {
                self.broken += 1;
                self.ended = self.broken >= MAX_BROKEN || !matches!(error, Error::DecodeError(_));
                let error = self.failed_at("is broken", error);
                // Silence in its place keeps the time of what follows.
                let silent = self.track.in_samples(packet.dur.get()).min(MAX_PACKET);
                let silent = usize::try_from(silent).unwrap_or(0) * usize::from(self.track.info.channels);
                self.packet.clear();
                self.packet.resize(silent, 0.0);
                self.resume_at(packet);
                return Err(error);
            }
        };
        self.broken = 0;
        let (rate, channels) = (audio.spec().rate(), audio.spec().channels().count());
        if rate != self.track.info.sample_rate || channels != usize::from(self.track.info.channels) {
            self.ended = true;
            let (had, has) = (
                format!("{} Hz, {} channels", self.track.info.sample_rate, self.track.info.channels),
                format!("{rate} Hz, {channels} channels"),
            );
            return Err(broken(
                &self.path,
                &format!("it changes from {had} to {has}"),
                "split it, or convert it to one format",
            )
            .detail("expected", had)
            .detail("received", has));
        }
        audio.copy_to_vec_interleaved(&mut self.packet);
        if !self.packet.is_empty() {
            self.resume_at(packet);
        }
        Ok(())
    }

    /// After a seek: how much of this packet, and of those behind it, comes before what is wanted.
    fn resume_at(&mut self, packet: &Packet) {
        if let Dropped::UpTo(wanted) = self.drop {
            let here = self.track.in_samples(packet.pts.get().max(0).cast_unsigned());
            self.drop = Dropped::Samples(wanted.saturating_sub(here));
        }
    }

    /// The end: early, where the file promised more.
    fn end(&mut self) -> Result<bool, NodeError> {
        self.ended = true;
        let allowed = if matches!(self.track.info.codec, "flac" | "alac") { 0 } else { MAX_MISSING };
        match self.track.info.samples.map(|promised| promised.saturating_sub(self.came)) {
            Some(missing) if missing > allowed => {
                Err(broken(&self.path, &format!("it ends {missing} samples early"), REPAIR))
            }
            _ => Ok(false),
        }
    }

    /// Moves what is to be heard of `self.packet` to `samples`.
    fn hand_on(&mut self, samples: &mut Vec<f32>) {
        let channels = usize::from(self.track.info.channels);
        let frames = self.packet.len() / channels;
        let dropped = match &mut self.drop {
            Dropped::Samples(drop) => {
                let now = usize::try_from(*drop).unwrap_or(usize::MAX).min(frames);
                *drop -= now as u64;
                now
            }
            Dropped::UpTo(_) => frames,
        };
        let mut heard = frames - dropped;
        if let Some(left) = &mut self.left {
            heard = usize::try_from(*left).unwrap_or(usize::MAX).min(heard);
            *left -= heard as u64;
            self.ended |= *left == 0;
        }
        self.came += heard as u64;
        samples.extend_from_slice(&self.packet[dropped * channels..(dropped + heard) * channels]);
        self.packet.clear();
    }

    fn failed_at(&self, what: &str, error: Error) -> NodeError {
        #[allow(clippy::cast_precision_loss, reason = "for reading")]
        let seconds = self.came as f64 / f64::from(self.track.info.sample_rate);
        if is_of_the_system(&error) {
            return coded(&self.path, error);
        }
        let codec = self.track.info.codec;
        broken(&self.path, &format!("its {codec} stream {what} at {seconds:.3} s ({error})"), REPAIR)
    }

    fn seek_unguarded(&mut self, position: u64) -> Result<(), NodeError> {
        let wanted = position.saturating_add(self.track.edit.skip);
        let from = wanted.saturating_sub(self.preroll);
        self.left = self.track.edit.length.map(|length| length.saturating_sub(position));
        self.ended = self.left == Some(0);
        self.came = position;
        if from == 0 {
            self.drop = Dropped::Samples(wanted);
            return Ok(());
        }
        let ticks = self.track.in_ticks(from);
        let to = SeekTo::Timestamp { ts: Timestamp::new(ticks.cast_signed()), track_id: self.track.id };
        match self.track.format.seek(SeekMode::Accurate, to) {
            Ok(_) => {
                self.track.decoder.reset();
                self.drop = Dropped::UpTo(wanted);
                Ok(())
            }
            Err(Error::SeekError(_)) => {
                // Behind the end.
                self.ended = true;
                Ok(())
            }
            Err(error) => Err(coded(&self.path, error)),
        }
    }
}

impl Decoder for PackedDecoder {
    fn decode(&mut self, samples: &mut Vec<f32>) -> Result<bool, NodeError> {
        if !self.packet.is_empty() {
            // The silence for a broken packet.
            self.hand_on(samples);
            return Ok(true);
        }
        if self.ended {
            return Ok(false);
        }
        let path = self.path.clone();
        let decoded = guarded(&path, || self.decode_packet());
        // What a decoder that panicked does next is not to be trusted.
        let more = decoded.inspect_err(|_| self.ended = true)??;
        if more {
            self.hand_on(samples);
        }
        Ok(more)
    }

    /// From the start of the file only: a decoder is sought once, before the first [`decode`](Decoder::decode).
    fn seek(&mut self, position: u64) -> Result<(), NodeError> {
        let path = self.path.clone();
        guarded(&path, || self.seek_unguarded(position))?
    }
}

#[cfg(test)]
mod tests;
