//! Audio of one format on its way to another sample rate.

use crate::block_resampler::BlockResampler;

/// The least that two rates must have in common, in Hz: a block is `2 / divisor` seconds long or longer.
const MIN_DIVISOR: u32 = 4;

/// The most samples over all channels in one output, unless a single block has more: a frame of the contract.
const MAX_OUTPUT: usize = 1_048_576;

/// How many samples go in and come out at a time, for one channel. Both are even, so that the delay of the filter, half a
/// block, is a whole number of samples on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blocks {
    pub(crate) input: usize,
    pub(crate) output: usize,
}

impl Blocks {
    /// Blocks of at least `low` samples at the lower of both rates, in the exact ratio of the rates; `None` where only
    /// blocks of more than half a second have that ratio.
    pub(crate) fn of(input_rate: u32, output_rate: u32, low: usize) -> Option<Self> {
        let divisor = common_divisor(input_rate, output_rate);
        if divisor < MIN_DIVISOR {
            return None;
        }
        let (input, output) = ((input_rate / divisor) as usize, (output_rate / divisor) as usize);
        let mut pairs = low.div_ceil(2 * input.min(output));
        // Transforms are fast for lengths that are products of 2, 3 and 5.
        while !is_smooth(pairs) {
            pairs += 1;
        }
        Some(Self { input: 2 * pairs * input, output: 2 * pairs * output })
    }
}

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

fn is_smooth(mut number: usize) -> bool {
    for factor in [2, 3, 5] {
        while number.is_multiple_of(factor) {
            number /= factor;
        }
    }
    number <= 1
}

/// A run of samples between two fixed rates: what was taken, and what of it has been given. Output sample m belongs to
/// the time of input sample `m · input_rate / output_rate`, and there are `round(taken · output_rate / input_rate)` of
/// them at the end.
#[derive(Debug)]
pub(crate) struct ResampleStream {
    resampler: BlockResampler,
    blocks: Blocks,
    channels: usize,
    /// By channel: what came in and is not yet in a block, from `start` on.
    held: Vec<Vec<f32>>,
    start: usize,
    /// By channel: what the last blocks reach into the next one with.
    tails: Vec<Vec<f32>>,
    /// The block of one channel that came out last.
    block: Vec<f32>,
    /// How much of the next block belongs to the time before the first input.
    skip: usize,
    taken: u64,
    given: u64,
    ended: bool,
}

impl ResampleStream {
    /// A stream of `channels` channels that works on `blocks`.
    pub(crate) fn new(blocks: Blocks, channels: usize) -> Self {
        Self {
            skip: blocks.output / 2,
            resampler: BlockResampler::new(blocks.input, blocks.output),
            blocks,
            channels,
            held: vec![Vec::new(); channels],
            start: 0,
            tails: vec![vec![0.0; blocks.output]; channels],
            block: vec![0.0; blocks.output],
            taken: 0,
            given: 0,
            ended: false,
        }
    }

    /// Takes interleaved samples in.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        // What has been used makes room once it is at least half of all: a sample moves at most once on average.
        let start = self.start;
        let makes_room = start > 0 && start >= self.waiting();
        for (channel, held) in self.held.iter_mut().enumerate() {
            if makes_room {
                held.copy_within(start.., 0);
                held.truncate(held.len() - start);
            }
            if self.channels == 1 {
                held.extend_from_slice(samples);
            } else {
                held.extend(samples[channel..].iter().step_by(self.channels));
            }
        }
        if makes_room {
            self.start = 0;
        }
        self.taken += (samples.len() / self.channels) as u64;
    }

    /// Nothing more comes in: the tail may go out.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// Samples over all channels of the next output; 0 where there is none yet.
    pub(crate) fn next_samples(&self) -> usize {
        let most = self.most_blocks() * self.blocks.output - self.skip;
        let length = if self.ended {
            usize::try_from(self.left()).map_or(most, |left| left.min(most))
        } else {
            self.length_of(self.waiting() / self.blocks.input)
        };
        length * self.channels
    }

    /// Samples over all channels that the next output has at most, once `input` more have come in; of an input of 0, at the
    /// end too.
    pub(crate) fn largest_samples(&self, input: usize) -> usize {
        if self.ended {
            return self.next_samples();
        }
        let waiting = self.waiting() + input / self.channels;
        // The tail is what waits, less than a block, and half a block of delay.
        let tail = if input == 0 { 2 } else { 0 };
        self.length_of(waiting / self.blocks.input + tail) * self.channels
    }

    /// Writes the next output, of as many samples as [`next_samples`](Self::next_samples) says.
    pub(crate) fn pull(&mut self, output: &mut [f32]) {
        let mut done = 0;
        while done < output.len() {
            let length = (self.blocks.output - self.skip).min((output.len() - done) / self.channels);
            self.work(&mut output[done..done + length * self.channels]);
            self.skip = 0;
            self.given += length as u64;
            done += length * self.channels;
        }
    }

    /// The next block, of zeros where at the end nothing waits any more; less what is to be skipped, and no more than
    /// `output` has room for.
    fn work(&mut self, output: &mut [f32]) {
        let (from, until) = (self.start, self.start + self.blocks.input);
        for (channel, (held, tail)) in self.held.iter_mut().zip(&mut self.tails).enumerate() {
            if held.len() < until {
                held.resize(until, 0.0);
            }
            self.resampler.process(&held[from..until], &mut self.block, tail);
            let given = &self.block[self.skip..];
            if self.channels == 1 {
                output.copy_from_slice(&given[..output.len()]);
            } else {
                for (to, from) in output[channel..].iter_mut().step_by(self.channels).zip(given) {
                    *to = *from;
                }
            }
        }
        self.start = until;
    }

    /// What `count` blocks give, a channel, but no more than goes into one output.
    fn length_of(&self, count: usize) -> usize {
        (count.min(self.most_blocks()) * self.blocks.output).saturating_sub(self.skip)
    }

    fn most_blocks(&self) -> usize {
        (MAX_OUTPUT / (self.blocks.output * self.channels)).max(1)
    }

    /// What is missing of the whole length, a channel.
    fn left(&self) -> u64 {
        let (input, output) = (self.blocks.input as u128, self.blocks.output as u128);
        let whole = (u128::from(self.taken) * output * 2 + input) / (input * 2);
        u64::try_from(whole).unwrap_or(u64::MAX).saturating_sub(self.given)
    }

    fn waiting(&self) -> usize {
        self.held.first().map_or(0, Vec::len) - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_even_and_in_the_ratio_of_the_rates() {
        for (rates, low, expected) in [
            ((48_000, 16_000), 320, Some((960, 320))),
            ((16_000, 48_000), 320, Some((320, 960))),
            ((44_100, 16_000), 320, Some((882, 320))),
            ((8_000, 11_025), 80, Some((640, 882))),
            // 7 pairs of 22 would do, but 7 is slow: 8.
            ((44_000, 48_000), 150, Some((176, 192))),
            ((44_100, 48_000), 160, Some((294, 320))),
            // A common divisor of 4 Hz makes blocks of half a second, one of 1 Hz of two seconds.
            ((44_104, 48_004), 160, Some((22_052, 24_002))),
            ((44_101, 48_000), 160, None),
        ] {
            let blocks = Blocks::of(rates.0, rates.1, low).map(|blocks| (blocks.input, blocks.output));
            assert_eq!(blocks, expected, "{rates:?}");
        }
    }
}
