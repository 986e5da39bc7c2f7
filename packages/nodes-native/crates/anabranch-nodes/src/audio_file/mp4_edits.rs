//! Which part of a sound track of an MP4 file is to be heard: the demuxer does not tell.
//!
//! The edit list: ISO/IEC 14496-12, 8.6.6. Without one, the `iTunSMPB` comment that iTunes writes: encoder delay,
//! padding and length in hexadecimal.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::decoder::read_up_to;

/// A `moov` box of a day of AAC has about 20 MB.
const MAX_MOOV: u64 = 64 << 20;

/// The part to be heard, in units of the track's time base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mp4Edit {
    /// What comes before it.
    pub(crate) skip: u64,
    /// How long it is, where the file says so.
    pub(crate) length: Option<u64>,
}

/// The edit of the track `track_id`; `None` where there is none, or it cannot be read.
pub(crate) fn read_mp4_edit(file: &mut File, file_length: u64, track_id: u32) -> Option<Mp4Edit> {
    let moov = read_moov(file, file_length)?;
    let movie_scale = time_scale(child(&moov, *b"mvhd")?)?;
    let track = boxes(&moov).filter(|(id, _)| id == b"trak").find_map(|(_, trak)| {
        let tkhd = child(trak, *b"tkhd")?;
        let id = if *tkhd.first()? == 1 { be32(tkhd, 20)? } else { be32(tkhd, 12)? };
        (id == track_id).then_some(trak)
    })?;
    let mdia = child(track, *b"mdia")?;
    let scale = time_scale(child(mdia, *b"mdhd")?)?;
    let stts = child(mdia, *b"minf").and_then(|minf| child(minf, *b"stbl")).and_then(|stbl| child(stbl, *b"stts"));
    let total = stts.and_then(stts_total).filter(|total| *total > 0);
    edit_list(track, movie_scale, scale, total).or_else(|| i_tun_smpb(&moov))
}

/// Of a movie or media header: its second number behind two times, which have 32 or 64 bits.
fn time_scale(header: &[u8]) -> Option<u32> {
    be32(header, if *header.first()? == 1 { 20 } else { 12 })
}

/// The first edit that shows something of the track. Its length is in units of the movie, which are often coarser: where
/// it agrees with the end of the track within one of them, the end of the track is meant.
fn edit_list(track: &[u8], movie_scale: u32, scale: u32, total: Option<u64>) -> Option<Mp4Edit> {
    let elst = child(child(track, *b"edts")?, *b"elst")?;
    let entries = be32(elst, 4)?;
    let wide = *elst.first()? == 1;
    let entry_bytes = if wide { 20 } else { 12 };
    let shown = (0..entries.min(64) as usize).find_map(|entry| {
        let at = 8 + entry * entry_bytes;
        let (length, skip) = if wide {
            (be64(elst, at)?, be64(elst, at + 8)?.cast_signed())
        } else {
            (u64::from(be32(elst, at)?), i64::from(be32(elst, at + 4)?.cast_signed()))
        };
        u64::try_from(skip).ok().map(|skip| (length, skip))
    });
    let (length, skip) = shown?;
    let movie_scale = u64::from(movie_scale).max(1);
    let tick = u64::from(scale).div_ceil(movie_scale);
    let rest = total.map(|total| total.saturating_sub(skip));
    let told = u64::try_from(u128::from(length) * u128::from(scale) / u128::from(movie_scale)).ok()?;
    let length = match rest {
        Some(rest) if entries > 1 || length == 0 || told.abs_diff(rest) <= tick => rest,
        _ if length == 0 => return Some(Mp4Edit { skip, length: None }),
        _ => told,
    };
    Some(Mp4Edit { skip, length: Some(length) })
}

fn stts_total(stts: &[u8]) -> Option<u64> {
    let entries = be32(stts, 4)? as usize;
    let table = stts.get(8..)?;
    let mut total: u64 = 0;
    for entry in table.as_chunks::<8>().0.iter().take(entries) {
        total = total.checked_add(u64::from(be32(entry, 0)?) * u64::from(be32(entry, 4)?))?;
    }
    (table.len() / 8 >= entries).then_some(total)
}

/// ` 00000000 DDDDDDDD PPPPPPPP LLLLLLLLLLLLLLLL …`: a zero, delay, padding, length.
fn i_tun_smpb(moov: &[u8]) -> Option<Mp4Edit> {
    let name = b"iTunSMPB";
    let at = moov.windows(name.len()).position(|bytes| bytes == name)? + name.len();
    let text = moov.get(at..moov.len().min(at + 160))?;
    // The value is in a box `data`: behind its name, four bytes of type and four of locale.
    let value = text.windows(4).position(|bytes| bytes == b"data")? + 12;
    let mut words = text.get(value..)?.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).skip(1);
    let mut word = || u64::from_str_radix(std::str::from_utf8(words.next()?).ok()?, 16).ok();
    let (delay, _padding, length) = (word()?, word()?, word()?);
    Some(Mp4Edit { skip: delay, length: Some(length) })
}

fn read_moov(file: &mut File, file_length: u64) -> Option<Vec<u8>> {
    let mut at = 0;
    for _ in 0..10_000 {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut head = [0; 16];
        let read = read_up_to(file, &mut head).ok()?;
        let head = &head[..read];
        let (size, header) = match be32(head, 0)? {
            0 => (file_length - at.min(file_length), 8),
            1 => (be64(head, 8)?, 16),
            size => (u64::from(size), 8),
        };
        if size < header {
            return None;
        }
        if head.get(4..8)? == b"moov" {
            let body =
                usize::try_from((size - header).min(file_length)).ok().filter(|size| *size as u64 <= MAX_MOOV)?;
            file.seek(SeekFrom::Start(at + header)).ok()?;
            let mut moov = vec![0; body];
            return (read_up_to(file, &mut moov).ok()? == body).then_some(moov);
        }
        at = at.checked_add(size)?;
    }
    None
}

/// The boxes that lie in `bytes`, as far as they are whole.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let size = be32(bytes, 0)? as usize;
        let id: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
        let body = bytes.get(8..size)?;
        bytes = &bytes[size..];
        Some((id, body))
    })
}

fn child(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find(|(id, _)| *id == wanted).map(|(_, body)| body)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn boxed(id: &[u8], body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len() + 8).unwrap().to_be_bytes(), id, body].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A movie of `scale` ticks a second with one track, number 7, of 44,100 and 23 packets: 22 of 1024, one of 546.
    fn movie(scale: u32, edits: &[u8], tags: &[u8]) -> Vec<u8> {
        movie_of(&[0, 2, 22, 1_024, 1, 546], scale, edits, tags)
    }

    fn movie_of(packets: &[u32], scale: u32, edits: &[u8], tags: &[u8]) -> Vec<u8> {
        let stts = boxed(b"stts", &words(packets));
        let mdia = [boxed(b"mdhd", &words(&[0, 0, 0, 44_100, 0])), boxed(b"minf", &boxed(b"stbl", &stts))].concat();
        let trak = [boxed(b"tkhd", &words(&[0, 0, 0, 7])), edits.to_vec(), boxed(b"mdia", &mdia)].concat();
        let moov = [boxed(b"mvhd", &words(&[0, 0, 0, scale])), boxed(b"trak", &trak), tags.to_vec()].concat();
        [boxed(b"ftyp", b"M4A "), boxed(b"mdat", &[0; 20]), boxed(b"moov", &moov)].concat()
    }

    fn edit_of(bytes: &[u8]) -> Option<Mp4Edit> {
        // Tests of one process run at the same time.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("anabranch-mp4-edits-{}-{number}.m4a", std::process::id()));
        let mut file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file.write_all(bytes).unwrap();
        let length = bytes.len() as u64;
        assert_eq!(read_mp4_edit(&mut file, length, 8), None, "another track");
        read_mp4_edit(&mut file, length, 7)
    }

    fn edits(body: &[u8]) -> Vec<u8> {
        boxed(b"edts", &boxed(b"elst", body))
    }

    #[test]
    fn reads_the_part_that_is_to_be_heard() {
        let wide =
            [words(&[1 << 24, 1]), 500_u64.to_be_bytes().to_vec(), 1_024_u64.to_be_bytes().to_vec(), words(&[1 << 16])];
        let delayed = words(&[0, 2, 100, u32::MAX, 1 << 16, 500, 1_024, 1 << 16]);
        for (case, bytes, skip, length) in [
            // 22 · 1024 + 546 - 1024 = 22,050: half a second, or 500 ticks of 1000.
            ("in ms", movie(1_000, &edits(&words(&[0, 1, 500, 1_024, 1 << 16])), &[]), 1_024, Some(22_050)),
            (
                "a ms off, by rounding",
                movie(1_000, &edits(&words(&[0, 1, 501, 1_024, 1 << 16])), &[]),
                1_024,
                Some(22_050),
            ),
            (
                "shorter on purpose",
                movie(1_000, &edits(&words(&[0, 1, 400, 1_024, 1 << 16])), &[]),
                1_024,
                Some(17_640),
            ),
            ("in samples", movie(44_100, &edits(&words(&[0, 1, 20_000, 2_048, 1 << 16])), &[]), 2_048, Some(20_000)),
            ("in 64 bits", movie(1_000, &edits(&wide.concat()), &[]), 1_024, Some(22_050)),
            ("behind an empty edit", movie(1_000, &edits(&delayed), &[]), 1_024, Some(22_050)),
            ("in fragments", movie_of(&[0, 0], 1_000, &edits(&words(&[0, 1, 0, 1_024, 1 << 16])), &[]), 1_024, None),
            ("of no length", movie(1_000, &edits(&words(&[0, 1, 0, 1_024, 1 << 16])), &[]), 1_024, Some(22_050)),
        ] {
            assert_eq!(edit_of(&bytes), Some(Mp4Edit { skip, length }), "{case}");
        }
    }

    #[test]
    fn reads_the_comment_of_itunes() {
        let text = b" 00000000 00000840 000001CA 0000000000005622 00000000 00000000";
        let data = boxed(b"data", &[&words(&[1, 0]), text.as_slice()].concat());
        let tag = boxed(
            b"----",
            &[boxed(b"mean", b"\0\0\0\0com.apple.iTunes"), boxed(b"name", b"\0\0\0\0iTunSMPB"), data].concat(),
        );
        let tags = boxed(b"udta", &boxed(b"meta", &[&words(&[0]), &boxed(b"ilst", &tag)[..]].concat()));
        assert_eq!(edit_of(&movie(1_000, &[], &tags)), Some(Mp4Edit { skip: 0x840, length: Some(0x5622) }));
        let told = movie(1_000, &edits(&words(&[0, 1, 500, 1_024, 1 << 16])), &tags);
        assert_eq!(edit_of(&told), Some(Mp4Edit { skip: 1_024, length: Some(22_050) }), "the edit list comes first");
    }

    #[test]
    fn what_cannot_be_read_is_no_edit() {
        let whole = movie(1_000, &edits(&words(&[0, 1, 500, 1_024, 1 << 16])), &[]);
        for cut in 0..whole.len() {
            assert_eq!(edit_of(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(edit_of(&movie(1_000, &[], &[])), None);
        assert_eq!(edit_of(&movie(1_000, &edits(&words(&[0, 1, 500, u32::MAX, 1 << 16])), &[])), None);
    }
}
