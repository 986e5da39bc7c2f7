//! Audio of one format on its way to an output rate, which may be its own.

use anabranch_node::{AudioBuffer, NodeContext, NodeError};

use crate::output_clock::OutputClock;
use crate::resample_stream::{Blocks, ResampleStream};
use crate::stream_queue::AudioStream;

/// The most samples over all channels that are handed on at once after a change of rates: a frame of the contract.
const MAX_OUTPUT: usize = 1_048_576;

/// A run of frames of one rate and channel count.
#[derive(Debug)]
pub(crate) struct RateStream {
    input_rate: u32,
    output_rate: u32,
    channels: u16,
    work: Work,
    ended: bool,
    clock: OutputClock,
}

#[derive(Debug)]
enum Work {
    Resample(Box<ResampleStream>),
    /// Equal rates: what had to wait until an earlier stream was at its end.
    Pass(Vec<f32>),
}

impl RateStream {
    /// A stream of the format of `first`, with blocks of at least `low` samples at the lower rate.
    ///
    /// # Errors
    /// `ANB_INPUTS` where the rates have too little in common.
    pub(crate) fn new(
        first: &AudioBuffer<'_>,
        output_rate: u32,
        low: usize,
        clock: OutputClock,
    ) -> Result<Self, NodeError> {
        let (input_rate, channels) = (first.sample_rate(), first.channels());
        let work = if input_rate == output_rate {
            Work::Pass(Vec::new())
        } else {
            let blocks = Blocks::of(input_rate, output_rate, low).ok_or_else(|| {
                NodeError::inputs("input", format!("input 'input': {}", nothing_in_common(input_rate, output_rate)))
                    .fix("resample to a rate that shares a divisor with both, in two steps")
            })?;
            Work::Resample(Box::new(ResampleStream::new(blocks, usize::from(channels))))
        };
        Ok(Self { input_rate, output_rate, channels, work, ended: false, clock })
    }

    /// Whether frames may go out as they come in.
    pub(crate) fn passes(&self) -> bool {
        matches!(&self.work, Work::Pass(waiting) if waiting.is_empty())
    }

    /// Takes interleaved samples in.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        match &mut self.work {
            Work::Resample(stream) => stream.push(samples),
            Work::Pass(waiting) => waiting.extend_from_slice(samples),
        }
    }

    /// Samples over all channels that the next output has at most, once `input` more have come in; of an input of 0, at the
    /// end too.
    pub(crate) fn largest_samples(&self, input: usize) -> usize {
        match &self.work {
            Work::Resample(stream) => stream.largest_samples(input),
            Work::Pass(_) => self.next_samples(),
        }
    }
}

impl AudioStream for RateStream {
    fn takes(&self, buffer: &AudioBuffer<'_>) -> bool {
        !self.ended && self.input_rate == buffer.sample_rate() && self.channels == buffer.channels()
    }

    fn end(&mut self) {
        self.ended = true;
        if let Work::Resample(stream) = &mut self.work {
            stream.end();
        }
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn next_samples(&self) -> usize {
        match &self.work {
            Work::Resample(stream) => stream.next_samples(),
            Work::Pass(waiting) => {
                let channels = usize::from(self.channels);
                waiting.len().min(MAX_OUTPUT / channels * channels)
            }
        }
    }

    fn next<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<AudioBuffer<'f>>, NodeError> {
        let length = self.next_samples();
        if length == 0 {
            return Ok(None);
        }
        let mut output = context.audio(length, self.output_rate, self.channels)?;
        if let Some(samples) = output.samples_mut() {
            match &mut self.work {
                Work::Resample(stream) => stream.pull(samples),
                Work::Pass(waiting) => {
                    samples.copy_from_slice(&waiting[..length]);
                    waiting.drain(..length);
                }
            }
        }
        Ok(Some(output))
    }

    fn time(&mut self, output: &AudioBuffer<'_>, another_waits: bool) -> Option<f64> {
        self.clock.give(output.length(), another_waits)
    }
}

/// What is wrong with two rates whose exact ratio needs blocks of more than half a second.
pub(crate) fn nothing_in_common(input_rate: u32, output_rate: u32) -> String {
    format!("{input_rate} Hz and {output_rate} Hz have no common divisor of 4 Hz or more")
}
