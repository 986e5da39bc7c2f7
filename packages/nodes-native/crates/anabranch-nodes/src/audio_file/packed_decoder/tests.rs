use super::*;
use crate::audio_file::regular_file::open_to_read;

fn decoded(name: &str, container: Container, from: u64) -> Vec<f32> {
    let path = format!("{}/../../test/fixtures/audio/{name}", env!("CARGO_MANIFEST_DIR"));
    let (file, _) = open_to_read(&path).unwrap();
    let (mut decoder, _) = PackedDecoder::open(&path, file, container, 0).unwrap();
    // The fixtures are shorter than a second.
    decoder.preroll = 4_096;
    if from > 0 {
        decoder.seek(from).unwrap();
        assert!(matches!(decoder.drop, Dropped::UpTo(_)), "{name}: it goes on from inside the file");
    }
    let mut samples = Vec::new();
    while decoder.decode(&mut samples).unwrap() {}
    samples
}

#[test]
fn a_seek_gives_the_samples_that_decoding_from_the_start_gives() {
    for (name, container) in [
        ("flac-s16.flac", Container::Flac),
        ("alac-s16.m4a", Container::Mp4),
        ("mp3-cbr.mp3", Container::Mp3),
        ("mp3-vbr.mp3", Container::Mp3),
        ("vorbis.ogg", Container::Ogg),
        ("aac.m4a", Container::Mp4),
    ] {
        let whole = decoded(name, container, 0);
        for from in [5_000, 8_191, 8_192, 9_999, 10_500] {
            let part = decoded(name, container, from);
            let from = usize::try_from(from).unwrap();
            assert_eq!(part.len(), whole.len() - 2 * from, "{name} from {from}");
            let differ = part.iter().zip(&whole[2 * from..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            // The AAC encoder left bands to be filled with noise, of which a decoder goes on making other.
            let allowed = if name == "aac.m4a" { 0.005 } else { 0.0 };
            assert!(differ <= allowed, "{name} from {from}: {differ}");
        }
    }
}
