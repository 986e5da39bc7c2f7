//! Which node of a call writes into the output frame, and how much memory the others need.

use anabranch_node::{NodeError, NodeExecutor};

use crate::block;
use crate::instances::peek;
use crate::members::Members;

/// The samples of the output frame of each node of a call.
pub(crate) struct FramePlan {
    owner: usize,
    samples: [usize; block::MAX_MEMBERS],
}

impl FramePlan {
    /// Of a node that nobody follows.
    pub(crate) fn alone() -> Self {
        Self { owner: 0, samples: [0; block::MAX_MEMBERS] }
    }

    /// What leaves the call lies in the output frame of the last node that has one: those after it pass it on. Only the
    /// first node may write over its input: what goes from node to node can be read until the call is over. `samples` are those of the input, over all channels.
    ///
    /// # Errors
    /// `ANB_NATIVE` where the block names no output key to be read.
    pub(crate) fn of(members: &Members, numbers: &[f64], samples: usize) -> Result<Self, NodeError> {
        let mut plan = Self::alone();
        let mut input = samples;
        for member in 0..members.len() {
            let link = members.link(member, numbers)?;
            // One that is out of service says so when it is called.
            let needs = peek(members.handle(member), |node| {
                let most = most_samples(node, input);
                let key = link.and_then(|index| node.output_keys().get(index));
                (most, key.map_or(0, |key| node.output_samples(key, input)), node.in_place())
            });
            let Some((most, linked, in_place)) = needs else { break };
            plan.samples[member] = most;
            if most > 0 && !(member == 0 && in_place) {
                plan.owner = member;
            }
            // What passes its input on says 0.
            if linked > 0 {
                input = linked;
            }
        }
        Ok(plan)
    }

    /// Which node writes into the output frame.
    pub(crate) fn owner(&self) -> usize {
        self.owner
    }

    /// The bytes that the output frame should have.
    pub(crate) fn bytes(&self) -> f64 {
        bytes(self.samples[self.owner])
    }

    /// The same of a node that nobody follows, after an input of so many samples.
    pub(crate) fn bytes_of(node: &dyn NodeExecutor, samples: usize) -> f64 {
        bytes(most_samples(node, samples))
    }

    /// The frame of a node whose output does not leave the call.
    pub(crate) fn between<'f>(&self, member: usize, memory: &'f mut Vec<f32>) -> Option<&'f mut [f32]> {
        let samples = self.samples[member];
        if samples == 0 {
            return None;
        }
        if memory.len() < samples {
            memory.resize(samples, 0.0);
        }
        memory.get_mut(..samples)
    }
}

/// The samples of the largest output.
fn most_samples(node: &dyn NodeExecutor, input: usize) -> usize {
    node.output_keys().iter().map(|key| node.output_samples(key, input)).max().unwrap_or(0)
}

#[allow(clippy::cast_precision_loss, reason = "a buffer has fewer than 2^53 bytes")]
fn bytes(samples: usize) -> f64 {
    samples.saturating_mul(size_of::<f32>()) as f64
}
