//! What the network has learnt: `weights.bin`, in the order of README.md, laid out for lanes.

use std::sync::LazyLock;

use super::layers::{BANDS, CHANNELS, Channels, Reduce, UNITS, Widen};

static FILE: &[u8; 39_940] = include_bytes!("weights.bin");

/// The numbers of all layers. Recurrent ones are in steps of 2⁻⁹, one row for each of 64 candidates and 64 gates.
pub(crate) struct Weights {
    /// A factor for each band.
    pub(crate) bands: [f32; BANDS],
    pub(crate) widen: Widen,
    pub(crate) second: Reduce,
    pub(crate) second_bias: Channels,
    pub(crate) third: Reduce,
    pub(crate) inner: Box<[[i16; 80]]>,
    pub(crate) outer: Box<[[i16; UNITS]]>,
    pub(crate) output: [i16; 2 * UNITS],
}

impl Weights {
    /// Those of the file, read once in a process.
    pub(crate) fn of_file() -> &'static Self {
        static READ: LazyLock<Weights> = LazyLock::new(Weights::read);
        &READ
    }

    fn read() -> Self {
        let [factor, bias] = [49, 65].map(floats::<CHANNELS>);
        Self {
            bands: floats(0),
            widen: Widen { taps: floats(40), factor, bias },
            second: reduce(81, 129),
            second_bias: floats(385),
            third: reduce(401, 449),
            inner: rows(705),
            outer: rows(5825),
            output: whole(9921),
        }
    }
}

/// `N` numbers from a place on, counted in units of four bytes.
fn floats<const N: usize>(at: usize) -> [f32; N] {
    std::array::from_fn(|n| f32::from_le_bytes(bytes(at * 4 + n * 4)))
}

fn whole<const N: usize>(at: usize) -> [i16; N] {
    std::array::from_fn(|n| i16::from_le_bytes(bytes(at * 4 + n * 2)))
}

fn bytes<const N: usize>(at: usize) -> [u8; N] {
    std::array::from_fn(|n| FILE[at + n])
}

fn rows<const N: usize>(at: usize) -> Box<[[i16; N]]> {
    (0..2 * UNITS).map(|row| whole(at + row * N / 2)).collect()
}

/// The file has the taps and the mix of one channel after those of another; here the channels lie side by side.
fn reduce(taps: usize, mix: usize) -> Reduce {
    let taps: [f32; 3 * CHANNELS] = floats(taps);
    let mix: [f32; CHANNELS * CHANNELS] = floats(mix);
    Reduce {
        taps: std::array::from_fn(|tap| std::array::from_fn(|channel| taps[channel * 3 + tap])),
        mix: std::array::from_fn(|from| std::array::from_fn(|to| mix[to * CHANNELS + from])),
    }
}
