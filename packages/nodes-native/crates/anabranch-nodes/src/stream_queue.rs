//! The streams of a node, one after the other: another begins where the format of what comes in changes, or after a gap.

use std::collections::VecDeque;

use anabranch_node::{AudioBuffer, NodeContext, NodeError, NodeOutputs};

/// Audio of one format on its way through a node.
pub(crate) trait AudioStream {
    /// Whether `buffer` goes on where this stream is.
    fn takes(&self, buffer: &AudioBuffer<'_>) -> bool;

    /// Nothing more comes in: the rest may go out.
    fn end(&mut self);

    /// Whether nothing more comes in.
    fn ended(&self) -> bool;

    /// Samples over all channels of the next output; 0 where there is none yet.
    fn next_samples(&self) -> usize;

    /// The next output.
    ///
    /// # Errors
    /// Those of [`NodeContext::audio`] and of the stream's own work.
    fn next<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<AudioBuffer<'f>>, NodeError>;

    /// The time in µs of `output`, where the host has to be told. Asked once for each output, in their order.
    fn time(&mut self, output: &AudioBuffer<'_>, another_waits: bool) -> Option<f64>;
}

/// All streams but the last one are at their end.
#[derive(Debug)]
pub(crate) struct StreamQueue<S> {
    streams: VecDeque<S>,
}

impl<S: AudioStream> StreamQueue<S> {
    pub(crate) const fn new() -> Self {
        Self { streams: VecDeque::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// The stream that gives the next output.
    pub(crate) fn first(&self) -> Option<&S> {
        self.streams.front()
    }

    /// The stream that takes what comes in.
    pub(crate) fn last_mut(&mut self) -> Option<&mut S> {
        self.streams.back_mut()
    }

    /// The only stream, where no other one waits.
    pub(crate) fn only_mut(&mut self) -> Option<&mut S> {
        if self.streams.len() == 1 { self.streams.front_mut() } else { None }
    }

    /// Whether `buffer` goes on where the last stream is.
    pub(crate) fn takes(&self, buffer: &AudioBuffer<'_>) -> bool {
        self.streams.back().is_some_and(|stream| stream.takes(buffer))
    }

    /// Another stream begins; the one before is at its end.
    pub(crate) fn begin(&mut self, stream: S) {
        self.end();
        self.streams.push_back(stream);
    }

    /// Nothing more comes to the last stream; where nothing is left of it, it need not be waited for.
    pub(crate) fn end(&mut self) {
        if let Some(last) = self.streams.back_mut() {
            last.end();
            if last.next_samples() == 0 {
                self.streams.pop_back();
            }
        }
    }

    /// Whether there is an output that only waits for its call.
    pub(crate) fn has_more(&self) -> bool {
        self.streams.iter().any(|stream| stream.next_samples() > 0)
    }

    /// The next output, of the oldest stream that has one.
    ///
    /// # Errors
    /// Those of [`AudioStream::next`].
    pub(crate) fn next<'f>(&mut self, context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        let another_waits = self.streams.len() > 1;
        while let Some(stream) = self.streams.front_mut() {
            if let Some(output) = stream.next(context)? {
                let time = stream.time(&output, another_waits && stream.ended());
                return Ok(Some(NodeOutputs::from_audio_buffer("output", output).at(time)));
            }
            if !stream.ended() {
                break;
            }
            self.streams.pop_front();
        }
        Ok(None)
    }

    /// Forgets all streams, and what is left of them.
    pub(crate) fn clear(&mut self) {
        self.streams.clear();
    }
}
