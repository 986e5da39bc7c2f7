//! Nodes that listen: they pass their audio on unchanged, and tell on other keys what they hear.

use std::collections::VecDeque;

use anabranch_node::{
    AudioBuffer, ErrorCode, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Value,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::stream_clock::StreamClock;

/// The most outputs of one input set (`expansion` of the contract).
const EXPANSION: u64 = 1024;

/// What listens to one stream after another. It counts samples in `u64` from the start of a stream.
pub trait Listener: Sized + Send + 'static {
    /// The node type: `LevelNode`.
    const NODE_TYPE: &'static str;
    /// Its output keys; `output` is the audio.
    const OUTPUT_KEYS: &'static [&'static str];
    /// Its params.
    type Params: DeserializeOwned + JsonSchema;

    /// As [`NodeType::spec`].
    fn spec() -> NodeSpec;

    /// As [`NodeType::create`].
    ///
    /// # Errors
    /// `ANB_PARAMS` listing every problem at once.
    fn create(params: Self::Params) -> Result<Self, NodeError>;

    /// Whether it can listen to audio of this format.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT`.
    fn check(&self, _sample_rate: u32, _channels: u16) -> Result<(), NodeError> {
        Ok(())
    }

    /// Every how many samples it tells something, whatever it hears; 0 where that depends on what it hears.
    fn period(&self, _sample_rate: u32) -> u64 {
        0
    }

    /// A stream begins, in a format that [`check`](Self::check) took. Nothing is left of the one before.
    ///
    /// # Errors
    /// `ANB_AUDIO_FORMAT`.
    fn begin(&mut self, sample_rate: u32, channels: u16) -> Result<(), NodeError>;

    /// The next samples of the stream, interleaved.
    fn listen(&mut self, samples: &[f32], told: &mut Told<'_>);

    /// The stream ends: what is open is closed.
    fn end(&mut self, told: &mut Told<'_>);
}

/// Where a [`Listener`] says what it heard.
#[derive(Debug)]
pub struct Told<'a> {
    clock: &'a StreamClock,
    queue: &'a mut VecDeque<(&'static str, Value<'static>)>,
}

impl Told<'_> {
    /// How many samples of each channel came before those at work.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.clock.samples()
    }

    /// The media time of sample `index` of the stream, in ms.
    #[must_use]
    pub fn ms(&self, index: u64) -> f64 {
        self.clock.ms(index)
    }

    /// Tells `value` on `key`.
    pub fn tell(&mut self, key: &'static str, value: Value<'static>) {
        self.queue.push_back((key, value));
    }
}

/// A node around a [`Listener`]. Input `input` and output `output` are the same buffer.
///
/// A change of rate or channels, or a gap that the host tells of, ends one stream and begins another: what is open is
/// closed at the last sample before it. Times are counted from the media time of the stream's first input.
#[derive(Debug)]
pub struct Observer<L> {
    listener: L,
    clock: StreamClock,
    queue: VecDeque<(&'static str, Value<'static>)>,
}

impl<L: Listener> Observer<L> {
    fn check(&self, buffer: &AudioBuffer<'_>) -> Result<(), NodeError> {
        let (sample_rate, length) = (buffer.sample_rate(), buffer.length());
        self.listener.check(sample_rate, buffer.channels())?;
        let period = self.listener.period(sample_rate);
        if period > 0 && length as u64 / period + 2 > EXPANSION {
            let node_type = L::NODE_TYPE;
            let message = format!(
                "{node_type} tells something every {period} samples: more than {EXPANSION} times in an input of {length}"
            );
            return Err(NodeError::new(ErrorCode::Limit, message)
                .detail("limit", "expansion")
                .fix(format!("put a ChunkerNode before {node_type}")));
        }
        Ok(())
    }

    fn end_stream(&mut self) {
        if self.clock.is_running() {
            self.listener.end(&mut Told { clock: &self.clock, queue: &mut self.queue });
            self.clock.end();
        }
    }

    /// What is told, in order: at most one value a key goes into one set of outputs.
    fn told<'f>(&mut self, mut outputs: NodeOutputs<'f>) -> NodeOutputs<'f> {
        while self.queue.front().is_some_and(|(key, _)| outputs.get(key).is_none()) {
            if let Some((key, value)) = self.queue.pop_front() {
                outputs.insert(key, value);
            }
        }
        outputs
    }
}

impl<L: Listener> NodeType for Observer<L> {
    type Params = L::Params;

    fn spec() -> NodeSpec {
        L::spec()
    }

    fn create(params: L::Params) -> Result<Self, NodeError> {
        Ok(Self { listener: L::create(params)?, clock: StreamClock::default(), queue: VecDeque::new() })
    }
}

impl<L: Listener> NodeExecutor for Observer<L> {
    fn node_type(&self) -> &'static str {
        L::NODE_TYPE
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        L::OUTPUT_KEYS
    }

    fn output_samples(&self, _key: &str, _input: usize) -> usize {
        0
    }

    fn validate_inputs(&self, inputs: &NodeInputs<'_>) -> Result<(), NodeError> {
        self.check(inputs.audio_buffer("input")?)
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let buffer = inputs.take_audio_buffer("input")?;
        self.check(&buffer)?;
        if !self.clock.continues(&buffer, context) {
            self.end_stream();
            self.listener.begin(buffer.sample_rate(), buffer.channels())?;
            self.clock.begin(&buffer, context);
        }
        self.listener.listen(buffer.samples(), &mut Told { clock: &self.clock, queue: &mut self.queue });
        self.clock.advance(buffer.length());
        Ok(self.told(NodeOutputs::from_audio_buffer("output", buffer)))
    }

    fn has_more(&self) -> bool {
        !self.queue.is_empty()
    }

    fn more<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        let outputs = self.told(NodeOutputs::new());
        Ok((!outputs.is_empty()).then_some(outputs))
    }

    fn flush<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
        self.end_stream();
        Ok(self.told(NodeOutputs::new()))
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        self.clock.end();
        self.queue.clear();
        Ok(true)
    }
}
