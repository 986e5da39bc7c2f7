//! Runs one node as a host would, for tests: no Node.js, no graph.

use crate::{
    AudioBuffer, NodeContext, NodeError, NodeExecutor, NodeFactory, NodeInputs, NodeOutputs, NodeSpec, NodeType,
};

/// What a host never lets a node do: more outputs of one set than this (`expansion`).
const EXPANSION: usize = 1024;

/// One prepared node and its host. Frames that it lends are filled with not-a-number first, so that what a node forgot
/// to write is seen.
pub struct Harness {
    node: Box<dyn NodeExecutor>,
    spec: NodeSpec,
    input_key: &'static str,
    samples: u64,
}

impl Harness {
    /// Makes a node of `params` and prepares it.
    ///
    /// # Errors
    /// Those of `create` and `prepare`.
    pub fn of<N: NodeType>(params: &serde_json::Value) -> Result<Self, NodeError> {
        let factory = NodeFactory::of::<N>();
        let mut node = factory.create(&params.to_string())?;
        node.prepare(&mut NodeContext::new())?;
        let spec = factory.spec();
        let input_key = spec.inputs.first().map_or("", |port| port.key);
        Ok(Self { node, spec, input_key, samples: 0 })
    }

    /// One audio frame on the first input key; its media time counts the samples given so far.
    ///
    /// # Errors
    /// What the node says.
    pub fn audio(
        &mut self,
        samples: &[f32],
        sample_rate: u32,
        channels: u16,
    ) -> Result<Vec<NodeOutputs<'static>>, NodeError> {
        let buffer = AudioBuffer::shared(samples, sample_rate, channels)?;
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
        let pts_us = (self.samples as f64 * 1e6 / f64::from(sample_rate)).round();
        self.samples += (samples.len() / usize::from(channels)) as u64;
        self.push(NodeInputs::from_audio_buffer(self.input_key, buffer), samples.len(), pts_us)
    }

    /// Audio in frames of `chunk` samples a channel (the last may be shorter), then the tail.
    ///
    /// # Errors
    /// What the node says.
    pub fn stream(
        &mut self,
        samples: &[f32],
        sample_rate: u32,
        channels: u16,
        chunk: usize,
    ) -> Result<Vec<NodeOutputs<'static>>, NodeError> {
        let mut outputs = Vec::new();
        for frame in samples.chunks(chunk * usize::from(channels)) {
            outputs.extend(self.audio(frame, sample_rate, channels)?);
        }
        outputs.extend(self.flush()?);
        Ok(outputs)
    }

    /// Any input set; `length` is its number of samples over all channels, for the size of the frames.
    ///
    /// # Errors
    /// What the node says.
    pub fn push(
        &mut self,
        inputs: NodeInputs<'_>,
        length: usize,
        pts_us: f64,
    ) -> Result<Vec<NodeOutputs<'static>>, NodeError> {
        self.node.validate_inputs(&inputs)?;
        let mut memory = self.frames(length);
        let mut context = context(&mut memory, pts_us);
        let first = self.node.execute(inputs, &mut context)?.into_owned();
        self.rest(first, pts_us)
    }

    /// The tail.
    ///
    /// # Errors
    /// What the node says.
    pub fn flush(&mut self) -> Result<Vec<NodeOutputs<'static>>, NodeError> {
        let mut memory = self.frames(0);
        let mut context = context(&mut memory, 0.0);
        let first = self.node.flush(&mut context)?.into_owned();
        self.rest(first, 0.0)
    }

    /// A source's next values.
    ///
    /// # Errors
    /// What the node says.
    pub fn produce(&mut self) -> Result<Option<NodeOutputs<'static>>, NodeError> {
        let mut memory = self.frames(0);
        let mut context = context(&mut memory, 0.0);
        Ok(self.node.produce(&mut context)?.map(NodeOutputs::into_owned))
    }

    /// The node itself.
    pub fn node(&mut self) -> &mut dyn NodeExecutor {
        self.node.as_mut()
    }

    fn rest(&mut self, first: NodeOutputs<'static>, pts_us: f64) -> Result<Vec<NodeOutputs<'static>>, NodeError> {
        let mut outputs = Vec::new();
        if !first.is_empty() {
            outputs.push(first);
        }
        while self.node.has_more() && outputs.len() <= EXPANSION {
            let mut memory = self.frames(0);
            let mut context = context(&mut memory, pts_us);
            match self.node.more(&mut context)? {
                Some(next) => outputs.push(next.into_owned()),
                None => break,
            }
        }
        Ok(outputs)
    }

    /// One frame for each output key, of the size that the node asks for.
    fn frames(&self, input: usize) -> Vec<Vec<f32>> {
        let sizes = self.spec.outputs.iter().map(|port| self.node.output_samples(port.key, input));
        sizes.map(|size| vec![f32::NAN; size]).collect()
    }
}

fn context(memory: &mut [Vec<f32>], pts_us: f64) -> NodeContext<'_> {
    memory.iter_mut().fold(NodeContext::new().at(pts_us, false), |context, frame| context.frame(frame))
}

/// All audio on `key`, in order, as one run of samples.
///
/// # Errors
/// `ANB_INPUTS` where `key` holds something else.
pub fn audio_of(outputs: &[NodeOutputs<'_>], key: &str) -> Result<Vec<f32>, NodeError> {
    let mut samples = Vec::new();
    for output in outputs {
        if output.get(key).is_some() {
            samples.extend_from_slice(output.audio_buffer(key)?.samples());
        }
    }
    Ok(samples)
}
