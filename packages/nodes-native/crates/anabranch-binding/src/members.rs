//! The nodes that one call may reach.

use anabranch_node::NodeError;

use crate::block;
use crate::numbers::index;

/// The node that is called, and those that the block says to follow it.
pub(crate) struct Members {
    handles: [f64; block::MAX_MEMBERS],
    count: usize,
}

impl Members {
    /// # Errors
    /// `ANB_NATIVE` for more followers than a block has sections for.
    pub(crate) fn of(numbers: &[f64]) -> Result<Self, NodeError> {
        let followers = index("followers", numbers[block::FOLLOWERS])?;
        if followers >= block::MAX_MEMBERS {
            return Err(NodeError::inputs("followers", format!("{followers} nodes cannot follow in one call")));
        }
        let mut handles = [0.0; block::MAX_MEMBERS];
        for (member, handle) in handles.iter_mut().enumerate().take(followers + 1) {
            *handle = numbers[block::SECTIONS + member * block::SECTION_LENGTH + block::HANDLE];
        }
        Ok(Self { handles, count: followers + 1 })
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn handle(&self, member: usize) -> f64 {
        self.handles[member]
    }

    /// The index of the output key that the next node reads; of the last one there is none.
    ///
    /// # Errors
    /// `ANB_NATIVE` where the block names none.
    pub(crate) fn link(&self, member: usize, numbers: &[f64]) -> Result<Option<usize>, NodeError> {
        if member + 1 >= self.count {
            return Ok(None);
        }
        let at = block::SECTIONS + member * block::SECTION_LENGTH + block::LINK;
        index("link", numbers[at]).map(Some)
    }
}
