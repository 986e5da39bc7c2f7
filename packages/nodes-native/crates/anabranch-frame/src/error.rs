//! Why a move was refused.

use std::fmt;

/// A move that the state of a slot does not allow. It changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeaseError {
    /// The slot has another generation, or is free: the lease has ended. `ANB_STALE_FRAME`.
    Stale,
    /// Published is only what is being written, retained only what is published. `ANB_STALE_FRAME`.
    Refused,
    /// More readers than a word counts, or none. `ANB_LIMIT`.
    Readers,
}

impl LeaseError {
    /// The code of the contract.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stale | Self::Refused => "ANB_STALE_FRAME",
            Self::Readers => "ANB_LIMIT",
        }
    }
}

impl fmt::Display for LeaseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Stale => {
                "the lease of the frame has ended: use a frame while it lasts, and copy what must outlive it"
            }
            Self::Refused => "the frame is not in the state for this: publish once, then retain",
            Self::Readers => "a frame has 1 to 4094 readers: copy it for more",
        })
    }
}

impl std::error::Error for LeaseError {}
