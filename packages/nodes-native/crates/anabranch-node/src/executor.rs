//! The contract of one made node.

use crate::{ErrorCode, NodeContext, NodeError, NodeInputs, NodeOutputs};

/// Which runtime runs a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Runtime {
    /// Native code in the host's process.
    #[default]
    Native,
}

impl Runtime {
    /// The word of the contract: `native`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
        }
    }
}

/// One made node. Calls are synchronous and exclusive (`&mut self`): state needs no locks; waiting work belongs in
/// TypeScript or Python. A panic is caught by the host, and takes the node out of service.
///
/// `'f` is the life of one call's frames: a node that keeps samples from one call to the next copies them.
pub trait NodeExecutor: Send {
    /// What the node is: `GainNode`.
    fn node_type(&self) -> &'static str;

    /// Which runtime runs it.
    fn runtime(&self) -> Runtime {
        Runtime::Native
    }

    /// Where values enter.
    fn input_keys(&self) -> &'static [&'static str];

    /// Where values leave.
    fn output_keys(&self) -> &'static [&'static str];

    /// Whether this node writes its output over its input if the host lends the input for writing. The host does so
    /// only where nobody else reads that frame.
    fn in_place(&self) -> bool {
        false
    }

    /// Checks an input set before [`execute`](Self::execute) sees it.
    ///
    /// # Errors
    /// `ANB_INPUTS` or `ANB_AUDIO_FORMAT`: never retried, never counted by a breaker.
    fn validate_inputs(&self, _inputs: &NodeInputs<'_>) -> Result<(), NodeError> {
        Ok(())
    }

    /// Once, before the first input set.
    ///
    /// # Errors
    /// Whatever keeps the node from working.
    fn prepare(&mut self, _context: &mut NodeContext<'_>) -> Result<(), NodeError> {
        Ok(())
    }

    /// At most how many samples (over all channels) one output on `key` holds after an input of `input` samples, after
    /// nothing (0) from [`produce`](Self::produce), [`more`](Self::more) and [`flush`](Self::flush): so large are the
    /// frames that the host brings. A larger output is right too, but costs a copy.
    fn output_samples(&self, _key: &str, input: usize) -> usize {
        input
    }

    /// Its own delay in µs, which the host subtracts from media time where the spec says `time: samples`. Asked after
    /// [`prepare`](Self::prepare).
    fn delay_us(&self) -> f64 {
        0.0
    }

    /// The work: one input set in, at most one value per declared output key out.
    ///
    /// # Errors
    /// Usually `ANB_NODE_EXECUTION`, which may be retried if the node is retry-safe.
    fn execute<'f>(
        &mut self,
        _inputs: NodeInputs<'f>,
        _context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let node_type = self.node_type();
        Err(NodeError::new(ErrorCode::Plugin, format!("{node_type} is a source: it takes no inputs")))
    }

    /// The next output of the same input set, or of the same flush: called after [`execute`](Self::execute) and
    /// [`flush`](Self::flush), whenever there is room downstream, until it gives `None`. A node whose further outputs hold
    /// no samples ([`output_samples`](Self::output_samples) says 0 after nothing) is asked for a few of them at once.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    fn more<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        Ok(None)
    }

    /// Whether [`more`](Self::more) may give anything now. The host asks nothing while this says `false`.
    fn has_more(&self) -> bool {
        false
    }

    /// A source's next values, or `None` at its end. Called only when there is room downstream.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). After an error it is called again, and goes on or is at its end.
    fn produce<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        let node_type = self.node_type();
        Err(NodeError::new(ErrorCode::Plugin, format!("{node_type} is no source")))
    }

    /// At the end of the stream: the tail that the node still holds; what does not fit into one output comes from
    /// [`more`](Self::more).
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    fn flush<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
        Ok(NodeOutputs::new())
    }

    /// A message on the control lane: new params, bypass, the user's own.
    ///
    /// # Errors
    /// `ANB_NOT_AVAILABLE` unless the node takes messages.
    fn on_control(&mut self, _message: &serde_json::Value, _context: &mut NodeContext<'_>) -> Result<(), NodeError> {
        let node_type = self.node_type();
        Err(NodeError::new(ErrorCode::NotAvailable, format!("{node_type} takes no control messages")))
    }

    /// Forgets what was seen, so that the prepared node can serve another stream; `false` where it cannot, and a new node
    /// is made instead.
    ///
    /// # Errors
    /// What could not be forgotten.
    fn reset(&mut self) -> Result<bool, NodeError> {
        Ok(false)
    }

    /// Exactly once per prepared node.
    ///
    /// # Errors
    /// What could not be released.
    fn cleanup(&mut self) -> Result<(), NodeError> {
        Ok(())
    }
}
