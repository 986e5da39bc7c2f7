//! Chunks of one second, each made once and resampled on two bare threads: ms for a chunk, one line for each line of stdin.
//! `cargo run --release -p anabranch-nodes --example two_threads -- CHUNKS`

use std::error::Error;
use std::io::stdin;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use anabranch_node::{AudioBuffer, NodeContext, NodeError, NodeFactory, NodeInputs};
use anabranch_nodes::AudioResampleNode;

const RATE: u32 = 48_000;
/// So many chunks wait for a branch at most.
const AHEAD: usize = 16;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let chunks: u32 = std::env::args().nth(1).ok_or("say how many chunks")?.parse()?;
    for line in stdin().lines() {
        line?;
        let start = Instant::now();
        let right = sync_channel(AHEAD);
        let branches = [
            thread::spawn(move || branch(source(chunks, right.0))),
            thread::spawn(move || branch(right.1.into_iter())),
        ];
        for branch in branches {
            let samples = branch.join().map_err(|_| "a branch panicked")??;
            if samples != chunks as usize * 16_000 {
                return Err(format!("{samples} samples came out").into());
            }
        }
        println!("{}", start.elapsed().as_secs_f64() * 1000.0 / f64::from(chunks));
    }
    Ok(())
}

/// Makes chunks in memory that is used again once nobody reads it: in the branch that asks for them, which shares each with
/// the other.
fn source(chunks: u32, other: SyncSender<Arc<Vec<f32>>>) -> impl Iterator<Item = Arc<Vec<f32>>> {
    let tone: Vec<f32> = (0..48_000_u16).map(|at| f32::from(at % 109) / 200.0 - 0.27).collect();
    let mut frames: Vec<Arc<Vec<f32>>> = Vec::new();
    (0..chunks).map(move |_| {
        let at = frames.iter_mut().position(|frame| Arc::get_mut(frame).is_some()).unwrap_or_else(|| {
            frames.push(Arc::new(vec![0.0; tone.len()]));
            frames.len() - 1
        });
        if let Some(frame) = Arc::get_mut(&mut frames[at]) {
            frame.copy_from_slice(&tone);
        }
        // One that failed says so itself.
        let _ = other.send(Arc::clone(&frames[at]));
        Arc::clone(&frames[at])
    })
}

fn branch(chunks: impl Iterator<Item = Arc<Vec<f32>>>) -> Result<usize, NodeError> {
    let mut node = NodeFactory::of::<AudioResampleNode>().create(r#"{"output_rate":16000,"quality":"high"}"#)?;
    node.prepare(&mut NodeContext::new())?;
    let mut frame = vec![0.0; RATE as usize];
    let mut samples = 0;
    for chunk in chunks {
        let buffer = AudioBuffer::shared(&chunk, RATE, 1)?;
        let mut context = NodeContext::with_frame(&mut frame);
        let outputs = node.execute(NodeInputs::from_audio_buffer("input", buffer), &mut context)?;
        samples += outputs.audio_buffer("output").map_or(0, AudioBuffer::length);
    }
    let outputs = node.flush(&mut NodeContext::with_frame(&mut frame))?;
    Ok(samples + outputs.audio_buffer("output").map_or(0, AudioBuffer::length))
}
