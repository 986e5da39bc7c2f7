//! The header of a WAV file.
//!
//! Chunks, format tags and the sub-format GUID: Microsoft's Multimedia Programming Interface 1.0 (RIFF) and
//! WAVEFORMATEXTENSIBLE; sizes beyond 4 GiB: EBU Tech 3306 (RF64).

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use anabranch_node::NodeError;

use super::decoder::read_up_to;
use super::file_error::{broken, not_read, unavailable};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// The last 14 bytes of the sub-format of every format tag; the tag itself comes before them.
const SUB_FORMAT: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

/// More chunks than any real file has: each costs a seek.
const MAX_CHUNKS: u32 = 4_096;

/// Names that tell a chunk behind an odd pad byte from one whose pad byte was forgotten.
const COMMON: [&[u8]; 8] = [b"fmt ", b"data", b"LIST", b"fact", b"bext", b"junk", b"JUNK", b"PAD "];

const REWRITE: &str = "write the file anew with another program, or convert it";

/// How one sample lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WavSample {
    U8,
    S16,
    S24,
    S32,
    F32,
    F64,
}

impl WavSample {
    /// Bytes of one sample.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::S16 => 2,
            Self::S24 => 3,
            Self::S32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// What a header says, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WavHeader {
    pub(crate) sample: WavSample,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    /// Where the samples begin.
    pub(crate) data_at: u64,
    /// Whole sample frames that are there.
    pub(crate) frames: u64,
    /// Whether the header promises more.
    pub(crate) truncated: bool,
}

/// Reads the header of `file`, which is `length` bytes long.
///
/// # Errors
/// `ANB_AUDIO_FORMAT` for a broken header, `ANB_NOT_AVAILABLE` for samples that are not read here.
pub(crate) fn read_wav_header(path: &str, file: &mut File, length: u64) -> Result<WavHeader, NodeError> {
    Chunks { path, file, length }.header()
}

struct Chunks<'a> {
    path: &'a str,
    file: &'a mut File,
    length: u64,
}

#[derive(Clone, Copy)]
struct Fmt {
    sample: WavSample,
    channels: u16,
    sample_rate: u32,
}

impl Chunks<'_> {
    fn header(mut self) -> Result<WavHeader, NodeError> {
        let mut at = 12;
        let mut fmt = None;
        let mut data_of_ds64 = None;
        for _ in 0..MAX_CHUNKS {
            let Some((id, size)) = self.chunk(at)? else {
                let what = if fmt.is_some() { "it has no data chunk" } else { "it has no fmt chunk" };
                return Err(self.broken(what));
            };
            let body = at + 8;
            match &id {
                b"fmt " if fmt.is_some() => return Err(self.broken("it has two fmt chunks")),
                b"fmt " => fmt = Some(self.fmt(body, size)?),
                b"ds64" => data_of_ds64 = Some(self.ds64(body)?),
                b"data" => {
                    let Some(fmt) = fmt else {
                        return Err(self.broken("its data chunk comes before its fmt chunk, or it has no fmt chunk"));
                    };
                    return self.with_data(fmt, body, size, data_of_ds64);
                }
                _ => {}
            }
            at = self.after(body, &id, size)?;
        }
        Err(self.broken(&format!("it has more than {MAX_CHUNKS} chunks before its data")))
    }

    fn with_data(&mut self, fmt: Fmt, at: u64, size: u32, ds64: Option<u64>) -> Result<WavHeader, NodeError> {
        let there = self.length.saturating_sub(at);
        // A writer into a pipe cannot come back to write the size: it leaves all ones, or 0.
        let promised = match (size, ds64) {
            (u32::MAX, Some(size)) => size,
            (u32::MAX, None) => there,
            (0, _) if !self.chunks_until_the_end(at)? => there,
            _ => u64::from(size),
        };
        let frame_bytes = fmt.sample.bytes() as u64 * u64::from(fmt.channels);
        let bytes = promised.min(there);
        Ok(WavHeader {
            sample: fmt.sample,
            channels: fmt.channels,
            sample_rate: fmt.sample_rate,
            data_at: at,
            frames: bytes / frame_bytes,
            truncated: promised > there || bytes % frame_bytes != 0,
        })
    }

    fn fmt(&mut self, at: u64, size: u32) -> Result<Fmt, NodeError> {
        let mut bytes = [0; 40];
        let wanted = bytes.len().min(size as usize);
        let read = self.read(at, &mut bytes[..wanted])?;
        if read < 16 {
            return Err(self.broken(&format!("its fmt chunk has {read} bytes, not 16 or more")));
        }
        let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let (mut tag, channels, block, bits) = (u16_at(0), u16_at(2), u16_at(12), u16_at(14));
        let sample_rate = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        if tag == EXTENSIBLE {
            if read < 40 || bytes[26..40] != SUB_FORMAT {
                return Err(self.broken("its extensible fmt chunk names no known sub-format"));
            }
            tag = u16_at(24);
        }
        let sample = match (tag, bits) {
            (PCM, 8) => WavSample::U8,
            (PCM, 16) => WavSample::S16,
            (PCM, 24) => WavSample::S24,
            (PCM, 32) => WavSample::S32,
            (FLOAT, 32) => WavSample::F32,
            (FLOAT, 64) => WavSample::F64,
            (PCM, bits) => {
                return Err(self.broken(&format!("its samples have {bits} bits, not 8, 16, 24 or 32")));
            }
            (FLOAT, bits) => return Err(self.broken(&format!("its floats have {bits} bits, not 32 or 64"))),
            (tag, _) => {
                let what = format!("its samples are coded by format tag {tag}; 1 (PCM) and 3 (float) are read");
                return Err(unavailable(self.path, &what, "convert it to PCM"));
            }
        };
        if channels == 0 {
            return Err(self.broken("it has 0 channels"));
        }
        let expected = u32::from(channels) * u32::from(bits) / 8;
        if u32::from(block) != expected {
            let what = format!("its block size is {block}; {channels} channels of {bits} bits need {expected} bytes");
            return Err(self.broken(&what));
        }
        Ok(Fmt { sample, channels, sample_rate })
    }

    /// The size of the data chunk in a ds64 chunk: behind the size of the file, 64 bits both.
    fn ds64(&mut self, at: u64) -> Result<u64, NodeError> {
        let mut size = [0; 8];
        match self.read(at + 8, &mut size)? {
            8 => Ok(u64::from_le_bytes(size)),
            _ => Err(self.broken("its ds64 chunk is cut off")),
        }
    }

    /// Id and size of the chunk at `at`, or `None` at the end of the file.
    fn chunk(&mut self, at: u64) -> Result<Option<([u8; 4], u32)>, NodeError> {
        let mut head = [0; 8];
        if self.read(at, &mut head)? < head.len() {
            return Ok(None);
        }
        let [a, b, c, d, size @ ..] = head;
        Ok(Some(([a, b, c, d], u32::from_le_bytes(size))))
    }

    /// Where the chunk after the one with `size` bytes at `body` begins. An odd size is followed by a pad byte; without it
    /// every later chunk would be read one byte off.
    fn after(&mut self, body: u64, id: &[u8], size: u32) -> Result<u64, NodeError> {
        let end = body + u64::from(size);
        if size.is_multiple_of(2) {
            return Ok(end);
        }
        let mut next = [0; 5];
        let read = self.read(end, &mut next)?;
        if read == next.len() && is_id(&next[..4]) && !COMMON.contains(&&next[1..]) {
            let id = id.escape_ascii();
            return Err(self.broken(&format!("its chunk '{id}' has {size} bytes and no pad byte behind them")));
        }
        Ok(end + 1)
    }

    /// Whether chunks, and nothing else, follow from `at` to the end of the file.
    fn chunks_until_the_end(&mut self, mut at: u64) -> Result<bool, NodeError> {
        for _ in 0..MAX_CHUNKS {
            if at == self.length {
                return Ok(true);
            }
            match self.chunk(at)? {
                Some((id, size)) if is_id(&id) => {
                    let end = at + 8 + u64::from(size);
                    at = if end == self.length { end } else { end + u64::from(size % 2) };
                }
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    fn read(&mut self, at: u64, bytes: &mut [u8]) -> Result<usize, NodeError> {
        let mut read = || -> io::Result<usize> {
            self.file.seek(SeekFrom::Start(at))?;
            read_up_to(self.file, bytes)
        };
        read().map_err(|error| not_read(self.path, error))
    }

    fn broken(&self, what: &str) -> NodeError {
        broken(self.path, &format!("{what}: no sound WAV header"), REWRITE)
    }
}

/// Whether four bytes may be the name of a chunk.
fn is_id(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') && bytes.iter().any(u8::is_ascii_alphanumeric)
}
