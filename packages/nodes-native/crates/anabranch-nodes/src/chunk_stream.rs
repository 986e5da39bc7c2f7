//! Audio of one format, cut into chunks.

use anabranch_node::{AudioBuffer, NodeContext, NodeError};

use crate::output_clock::OutputClock;
use crate::stream_queue::AudioStream;

/// What came in and has not gone out. Lengths are in samples over all channels, but for those of [`ChunkStream::new`].
#[derive(Debug)]
pub(crate) struct ChunkStream {
    sample_rate: u32,
    channels: u16,
    /// The length of a chunk, and how much of it the next one repeats.
    length: usize,
    overlap: usize,
    pad_last: bool,
    held: Vec<f32>,
    /// Where in `held` the next chunk begins.
    start: usize,
    /// How much at `start` was in the chunk before.
    repeated: usize,
    ended: bool,
    clock: OutputClock,
}

impl ChunkStream {
    /// A stream of the format of `first`; `length` and `overlap` are in samples of one channel.
    pub(crate) fn new(
        first: &AudioBuffer<'_>,
        length: usize,
        overlap: usize,
        pad_last: bool,
        clock: OutputClock,
    ) -> Self {
        let channels = usize::from(first.channels());
        Self {
            sample_rate: first.sample_rate(),
            channels: first.channels(),
            length: length * channels,
            overlap: overlap * channels,
            pad_last,
            held: Vec::new(),
            start: 0,
            repeated: 0,
            ended: false,
            clock,
        }
    }

    /// Whether `buffer` is the next chunk as it is, so that it need not be copied.
    pub(crate) fn is_chunk(&self, buffer: &AudioBuffer<'_>) -> bool {
        self.waiting() == 0 && self.overlap == 0 && buffer.samples().len() == self.length
    }

    /// Takes samples in.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        // What has gone out makes room once it is at least half of all: a sample moves at most once on average.
        if self.start > 0 && self.start >= self.waiting() {
            self.held.drain(..self.start);
            self.start = 0;
        }
        self.held.extend_from_slice(samples);
    }

    /// How long the next chunk may be once `input` more samples have come in; of an input of 0, at the end too.
    pub(crate) fn largest_samples(&self, input: usize) -> usize {
        match self.waiting() + input {
            waiting if waiting >= self.length => self.length,
            _ if input == 0 => self.rest_samples(),
            _ => 0,
        }
    }

    /// How long the last chunk is, where what waits is less than a whole one.
    fn rest_samples(&self) -> usize {
        match self.waiting() {
            waiting if waiting <= self.repeated => 0,
            _ if self.pad_last => self.length,
            waiting => waiting,
        }
    }

    fn waiting(&self) -> usize {
        self.held.len() - self.start
    }
}

impl AudioStream for ChunkStream {
    fn takes(&self, buffer: &AudioBuffer<'_>) -> bool {
        !self.ended && self.sample_rate == buffer.sample_rate() && self.channels == buffer.channels()
    }

    fn end(&mut self) {
        self.ended = true;
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn next_samples(&self) -> usize {
        match self.waiting() {
            waiting if waiting >= self.length => self.length,
            _ if self.ended => self.rest_samples(),
            _ => 0,
        }
    }

    fn next<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<AudioBuffer<'f>>, NodeError> {
        let length = self.next_samples();
        if length == 0 {
            return Ok(None);
        }
        let mut chunk = context.audio(length, self.sample_rate, self.channels)?;
        let there = length.min(self.waiting());
        if let Some(samples) = chunk.samples_mut() {
            samples[..there].copy_from_slice(&self.held[self.start..self.start + there]);
            samples[there..].fill(0.0);
        }
        self.start += if self.waiting() >= self.length { self.length - self.overlap } else { there };
        self.repeated = self.overlap;
        Ok(Some(chunk))
    }

    /// Always told where chunks overlap: the next one begins before this one ends.
    fn time(&mut self, _output: &AudioBuffer<'_>, another_waits: bool) -> Option<f64> {
        let hop = (self.length - self.overlap) / usize::from(self.channels);
        self.clock.give(hop, another_waits || self.overlap > 0)
    }
}
