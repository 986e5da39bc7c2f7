//! One call of a node, and of those that follow it: each is given what the one before gave, as long as that gave something.

use std::borrow::Cow;
use std::time::Instant;

use anabranch_node::{ErrorCode, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, Value};

use crate::block;
use crate::frame_plan::FramePlan;
use crate::further::{further, tell_head};
use crate::input::{Lent, address_of, cast_mut, first, input_value};
use crate::instances::with_node;
use crate::left::Left;
use crate::members::Members;
use crate::numbers::index;
use crate::told::{Reachable, describe, is, slots, tell, tell_value};

/// Which part of a node's life a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Execute,
    More,
    Flush,
    Produce,
}

impl Verb {
    pub(crate) fn of(number: f64) -> Result<Self, NodeError> {
        match index("verb", number)? {
            0 => Ok(Self::Execute),
            1 => Ok(Self::More),
            2 => Ok(Self::Flush),
            3 => Ok(Self::Produce),
            other => Err(NodeError::new(ErrorCode::Native, format!("there is no verb {other}"))),
        }
    }
}

/// The memory of one call.
pub(crate) struct Frames<'f> {
    pub(crate) input: Lent<'f>,
    pub(crate) output: Option<&'f mut [u8]>,
    /// For what passes from node to node: as many as a call reaches.
    pub(crate) between: &'f mut [Vec<f32>],
}

/// What a node is given.
enum Given<'f> {
    Host(Lent<'f>),
    Value(Value<'f>),
}

/// Calls the node that the block names and those that follow it; writes what they gave into `numbers`, and into `left`
/// what does not lie in a frame. An error of one that follows is kept in `left`, with what it was given: what came before
/// is done.
///
/// # Errors
/// What the first node says; then `DONE` is 0.
pub(crate) fn call(verb: Verb, frames: Frames<'_>, numbers: &mut [f64], left: &mut Left) -> Result<(), NodeError> {
    for result in [block::DONE, block::FAILED, block::UNPOOLED, block::RECORDS] {
        numbers[result] = 0.0;
    }
    let members = Members::of(numbers)?;
    let samples = if verb == Verb::Execute { index("samples", numbers[block::INPUT_SAMPLES])? } else { 0 };
    let plan = if members.len() == 1 { FramePlan::alone() } else { FramePlan::of(&members, numbers, samples)? };
    let Frames { input, output, between } = frames;
    let mut frame = output.map(cast_mut::<f32>).transpose()?;
    let mut reachable = Reachable { input: None, frame: frame.as_ref().map(|frame| frame.as_ptr().addr()) };
    let mut given = Given::Host(input);
    // The bytes of what the node at work was given, where JavaScript cannot reach them.
    let mut hidden = Cow::Borrowed(&[][..]);
    let (mut pts, mut discont) = (numbers[block::PTS], numbers[block::DISCONT] > 0.0);
    // A clock read is a good part of a short call.
    let mut clock = (numbers[block::TIMED] > 0.0).then(Instant::now);
    let mut done = 0.0;
    for (member, memory) in between.iter_mut().take(members.len()).enumerate() {
        done += 1.0;
        let mut context = NodeContext::new().at(pts, discont);
        let frame = if member == plan.owner() { frame.take() } else { plan.between(member, memory) };
        if let Some(frame) = frame {
            context = context.frame(frame);
        }
        let verb = if member == 0 { verb } else { Verb::Execute };
        let link = members.link(member, numbers)?;
        let outcome = with_node(members.handle(member), |node| {
            let mut of_set = reachable;
            let outputs = outputs_of(node, verb, given, (&mut context, &mut of_set), numbers)?;
            let section = section(numbers, member);
            tell_head(node, outputs.as_ref(), section);
            let (keys, node_type) = (node.output_keys(), node.node_type());
            let outputs = outputs.unwrap_or_default();
            let linked = tell((keys, node_type), outputs, (of_set, link), (section, left, member))?;
            let further = match link {
                None if verb != Verb::Produce && node.has_more() => further(node, (pts, discont), numbers, left),
                _ => (0, None),
            };
            if members.len() == 1 {
                // Here the node is at hand; of several, what all have seen decides.
                numbers[block::FRAME_BYTES] = FramePlan::bytes_of(node, samples);
            }
            Ok((linked, of_set, link.and_then(|index| Some((*keys.get(index)?, index))), further))
        });
        section(numbers, member)[block::SPENT] = lap(&mut clock);
        numbers[block::UNPOOLED] += f64::from(context.unpooled());
        let (linked, of_set, key, (records, error)) = match outcome {
            Ok(given) => given,
            Err(error) if member == 0 => return Err(error),
            Err(error) => {
                numbers[block::FAILED] = 1.0;
                left.failure(error, member, &hidden);
                break;
            }
        };
        #[allow(clippy::cast_precision_loss, reason = "a few")]
        {
            numbers[block::RECORDS] = records as f64;
        }
        if let Some(error) = error {
            numbers[block::FAILED] = 2.0;
            left.failure(error, member, &[]);
        }
        let (Some(value), Some((key, index))) = (linked, key) else { break };
        let section = section(numbers, member);
        if let Some((time, input)) = hand_on(section, index, &value, of_set, pts) {
            let (value, bytes) = value.into_shared();
            hidden = if input.is_none() { bytes } else { Cow::Borrowed(&[]) };
            (pts, discont, reachable.input) = (time, false, input);
            given = Given::Value(value);
        } else {
            tell_value((key, index), Some(&value), of_set, (section, left, member))?;
            break;
        }
    }
    if members.len() > 1 {
        numbers[block::FRAME_BYTES] = FramePlan::of(&members, numbers, samples)?.bytes();
    }
    numbers[block::DONE] = done;
    Ok(())
}

/// The µs since the last reading, and a new one; not a number where nobody asks.
fn lap(clock: &mut Option<Instant>) -> f64 {
    let Some(start) = clock else { return f64::NAN };
    let now = Instant::now();
    now.duration_since(std::mem::replace(start, now)).as_secs_f64() * 1e6
}

/// The numbers of a node, or of a further record.
pub(crate) fn section(numbers: &mut [f64], member: usize) -> &mut [f64] {
    let at = block::SECTIONS + member * block::SECTION_LENGTH;
    &mut numbers[at..at + block::SECTION_LENGTH]
}

/// Tells a value that the next node takes in this call: its media time, and where JavaScript can reach it, if anywhere.
/// `None` where it cannot be handed on: it is no samples, or its time is not known.
fn hand_on(
    section: &mut [f64],
    index: usize,
    value: &Value<'_>,
    reachable: Reachable,
    pts: f64,
) -> Option<(f64, Option<(usize, usize)>)> {
    let bytes = describe(slots(section, index), value)?;
    let (said, next, rate) = (section[block::SAID], section[block::TIME], section[block::TIME_RATE]);
    let time = if section[block::SAYS] > 0.0 && !said.is_nan() {
        said
    } else if next.is_nan() {
        pts
    } else if is(rate, 0.0) || is(rate, slots(section, index)[2]) {
        next
    } else {
        return None;
    };
    let status = reachable.status(bytes);
    let hidden = is(status, block::LEFT);
    slots(section, index)[0] = if hidden { block::HANDED_ON } else { status };
    Some((time, (!hidden).then(|| address_of(value))))
}

/// Has a node do its part.
fn outputs_of<'f>(
    node: &mut dyn NodeExecutor,
    verb: Verb,
    given: Given<'f>,
    (context, reachable): (&mut NodeContext<'f>, &mut Reachable),
    numbers: &[f64],
) -> Result<Option<NodeOutputs<'f>>, NodeError> {
    match verb {
        Verb::Execute => {
            let value = match given {
                Given::Value(value) => value,
                Given::Host(input) => {
                    let value = input_value(node, input, numbers)?;
                    reachable.input = Some(address_of(&value));
                    value
                }
            };
            let inputs = NodeInputs::new().with(first(node.input_keys()), value);
            node.validate_inputs(&inputs)?;
            node.execute(inputs, context).map(Some)
        }
        Verb::More => node.more(context),
        Verb::Flush => node.flush(context).map(Some),
        Verb::Produce => node.produce(context),
    }
}
