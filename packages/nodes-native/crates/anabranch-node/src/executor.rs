//! The contract of one made node.

use crate::{NodeContext, NodeError, NodeInputs, NodeOutputs};

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

    /// The work: one input set in, at most one value per declared output key out.
    ///
    /// # Errors
    /// Usually `ANB_NODE_EXECUTION`, which may be retried if the node is retry-safe.
    fn execute<'f>(
        &mut self,
        inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError>;

    /// At the end of the stream: the tail that the node still holds.
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
        Err(NodeError::new(crate::ErrorCode::NotAvailable, format!("{node_type} takes no control messages")))
    }

    /// Exactly once per prepared node.
    ///
    /// # Errors
    /// What could not be released.
    fn cleanup(&mut self) -> Result<(), NodeError> {
        Ok(())
    }
}
