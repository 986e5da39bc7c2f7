//! Further records of a set, given in the same call: numbers and plain data need no frame, so they need not wait for one.

use anabranch_node::{NodeContext, NodeError, NodeExecutor, NodeOutputs};

use crate::block;
use crate::call::section;
use crate::left::Left;
use crate::told::{Reachable, tell};

/// Tells what the node has left of a set, as far as there is room in the block; gives how many records that were, and why
/// there was not one more. A node that has samples left is asked for them by itself, when there is room downstream.
pub(crate) fn further(
    node: &mut dyn NodeExecutor,
    (pts, discont): (f64, bool),
    numbers: &mut [f64],
    left: &mut Left,
) -> (usize, Option<NodeError>) {
    let keys = node.output_keys();
    let sections = (numbers.len() - block::SECTIONS) / block::SECTION_LENGTH;
    let most = sections.saturating_sub(block::MAX_MEMBERS);
    let mut count = 0;
    while count < most && node.has_more() && keys.iter().all(|key| node.output_samples(key, 0) == 0) {
        let given = node.more(&mut NodeContext::new().at(pts, discont));
        let member = block::MAX_MEMBERS + count;
        match given.and_then(|outputs| record(node, outputs, section(numbers, member), (left, member))) {
            Ok(true) => count += 1,
            Ok(false) => break,
            Err(error) => return (count, Some(error)),
        }
    }
    (count, None)
}

/// Tells one record; false where there is none.
fn record(
    node: &dyn NodeExecutor,
    outputs: Option<NodeOutputs<'_>>,
    section: &mut [f64],
    (left, member): (&mut Left, usize),
) -> Result<bool, NodeError> {
    let any = outputs.is_some();
    tell_head(node, outputs.as_ref(), section);
    let nowhere = Reachable { input: None, frame: None };
    tell(
        (node.output_keys(), node.node_type()),
        outputs.unwrap_or_default(),
        (nowhere, None),
        (section, left, member),
    )?;
    Ok(any)
}

/// Tells what is known of a record beside its values.
pub(crate) fn tell_head(node: &dyn NodeExecutor, outputs: Option<&NodeOutputs<'_>>, section: &mut [f64]) {
    section[block::HAS_MORE] = f64::from(u8::from(node.has_more()));
    section[block::ANY] = f64::from(u8::from(outputs.is_some()));
    section[block::SAID] = outputs.and_then(NodeOutputs::pts_us).unwrap_or(f64::NAN);
}
