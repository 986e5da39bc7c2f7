//! What a file is, by its first bytes.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use anabranch_node::NodeError;

use super::decoder::read_up_to;
use super::file_error::{broken, not_read, unavailable};

/// The containers that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// RIFF or RF64 with WAVE.
    Wav,
    /// FLAC as it is.
    Flac,
    /// MPEG audio, layer 3.
    Mp3,
    /// Ogg.
    Ogg,
    /// MP4: `.m4a`.
    Mp4,
}

const CONVERT: &str = "convert it to wav, flac, mp3, ogg (Vorbis) or m4a (AAC-LC, ALAC)";

impl Container {
    /// What `file` is, and where it begins: behind the tags (`ID3v2`) that may come first.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT` where it is nothing that is known.
    pub(crate) fn of(path: &str, file: &mut File) -> Result<(Self, u64), NodeError> {
        let mut at = 0;
        loop {
            file.seek(SeekFrom::Start(at)).map_err(|error| not_read(path, error))?;
            let mut head = [0; 12];
            let read = read_up_to(file, &mut head).map_err(|error| not_read(path, error))?;
            if let Some(size) = id3_size(&head[..read]) {
                at += size;
                continue;
            }
            return match &head[..read] {
                [] if at == 0 => Err(broken(path, "it is empty", "name a file that holds audio")),
                [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..]
                | [b'R', b'F', b'6', b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..]
                    if at == 0 =>
                {
                    Ok((Self::Wav, at))
                }
                [b'f', b'L', b'a', b'C', ..] => Ok((Self::Flac, at)),
                [b'O', b'g', b'g', b'S', ..] => Ok((Self::Ogg, at)),
                [_, _, _, _, b'f', b't', b'y', b'p', ..] => Ok((Self::Mp4, at)),
                // Eleven bits of sync, then a version and a layer that exist: 01 is layer 3.
                [0xFF, second, ..] if second & 0xE0 == 0xE0 && second & 0x18 != 0x08 && second & 0x06 == 0x02 => {
                    Ok((Self::Mp3, at))
                }
                [0xFF, second, ..] if second & 0xF6 == 0xF0 => {
                    Err(unavailable(path, "it is a bare AAC stream (ADTS)", "put it into an .m4a file"))
                }
                _ => Err(broken(path, "it is no audio file that is known here", CONVERT)),
            };
        }
    }

    /// Its name in `info`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Mp4 => "mp4",
        }
    }
}

/// The size of the `ID3v2` tag that `head` begins, footer included: seven bits a byte.
fn id3_size(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head else { return None };
    let size =
        size.get(..4)?.iter().try_fold(0_u64, |size, byte| (byte & 0x80 == 0).then(|| size << 7 | u64::from(*byte)))?;
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}
