//! The codes of the contract.

/// The code of an error: the same in TypeScript, Rust and Python (`contract/errors.json`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// A manifest cannot be used.
    Manifest,
    /// Nodes feed each other in a circle.
    Cycle,
    /// No runtime offers the node type.
    NodeNotFound,
    /// A plugin cannot be loaded or breaks the contract.
    Plugin,
    /// Params are missing, unknown, of the wrong type or out of range.
    Params,
    /// An input is missing or of the wrong kind.
    Inputs,
    /// Audio of a rate or channel count the node cannot work on.
    AudioFormat,
    /// A value cannot cross a boundary.
    Marshaling,
    /// A node failed at its work.
    NodeExecution,
    /// A Python node failed.
    Python,
    /// Native code failed: a panic, a stale handle.
    Native,
    /// Something took longer than allowed.
    Timeout,
    /// A circuit breaker is open.
    CircuitOpen,
    /// A worker died.
    WorkerLost,
    /// An edge with policy `error` overflowed.
    EdgeOverflow,
    /// A limit of the contract was passed.
    Limit,
    /// A frame was used after its lease had ended.
    StaleFrame,
    /// Nothing can move any more.
    Stall,
    /// An operator holds more items than allowed.
    HeldLimit,
    /// A field, mode or part that is not there.
    NotAvailable,
    /// The work was cancelled.
    Cancelled,
}

impl ErrorCode {
    /// Every code, in the order of the contract.
    pub const ALL: [Self; 21] = [
        Self::Manifest,
        Self::Cycle,
        Self::NodeNotFound,
        Self::Plugin,
        Self::Params,
        Self::Inputs,
        Self::AudioFormat,
        Self::Marshaling,
        Self::NodeExecution,
        Self::Python,
        Self::Native,
        Self::Timeout,
        Self::CircuitOpen,
        Self::WorkerLost,
        Self::EdgeOverflow,
        Self::Limit,
        Self::StaleFrame,
        Self::Stall,
        Self::HeldLimit,
        Self::NotAvailable,
        Self::Cancelled,
    ];

    /// The code as it is written everywhere: `ANB_PARAMS`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "ANB_MANIFEST",
            Self::Cycle => "ANB_CYCLE",
            Self::NodeNotFound => "ANB_NODE_NOT_FOUND",
            Self::Plugin => "ANB_PLUGIN",
            Self::Params => "ANB_PARAMS",
            Self::Inputs => "ANB_INPUTS",
            Self::AudioFormat => "ANB_AUDIO_FORMAT",
            Self::Marshaling => "ANB_MARSHALING",
            Self::NodeExecution => "ANB_NODE_EXECUTION",
            Self::Python => "ANB_PYTHON",
            Self::Native => "ANB_NATIVE",
            Self::Timeout => "ANB_TIMEOUT",
            Self::CircuitOpen => "ANB_CIRCUIT_OPEN",
            Self::WorkerLost => "ANB_WORKER_LOST",
            Self::EdgeOverflow => "ANB_EDGE_OVERFLOW",
            Self::Limit => "ANB_LIMIT",
            Self::StaleFrame => "ANB_STALE_FRAME",
            Self::Stall => "ANB_STALL",
            Self::HeldLimit => "ANB_HELD_LIMIT",
            Self::NotAvailable => "ANB_NOT_AVAILABLE",
            Self::Cancelled => "ANB_CANCELLED",
        }
    }

    /// Whether a retry may help, unless the thrower says otherwise.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(self, Self::NodeExecution | Self::Python | Self::Timeout | Self::WorkerLost)
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}
