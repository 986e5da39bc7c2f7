//! Two resamplers on two bare threads, each over so many chunks of one second: ms for a chunk of each, one line for each
//! line of stdin. `cargo run --release -p anabranch-nodes --example two_threads -- CHUNKS`

use std::error::Error;
use std::io::stdin;
use std::thread;
use std::time::Instant;

use anabranch_node::{AudioBuffer, NodeContext, NodeError, NodeFactory, NodeInputs};
use anabranch_nodes::AudioResampleNode;

const RATE: u32 = 48_000;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let chunks: u32 = std::env::args().nth(1).ok_or("say how many chunks")?.parse()?;
    for line in stdin().lines() {
        line?;
        let start = Instant::now();
        let branches = [thread::spawn(move || branch(chunks)), thread::spawn(move || branch(chunks))];
        for branch in branches {
            let samples = branch.join().map_err(|_| "a branch panicked")??;
            if samples == 0 {
                return Err("nothing came out".into());
            }
        }
        println!("{}", start.elapsed().as_secs_f64() * 1000.0 / f64::from(chunks));
    }
    Ok(())
}

fn branch(chunks: u32) -> Result<usize, NodeError> {
    let mut node = NodeFactory::of::<AudioResampleNode>().create(r#"{"output_rate":16000,"quality":"high"}"#)?;
    node.prepare(&mut NodeContext::new())?;
    let input: Vec<f32> = (0..48_000_u16).map(|at| f32::from(at % 109) / 200.0 - 0.27).collect();
    let mut frame = vec![0.0; input.len()];
    let mut samples = 0;
    for _ in 0..chunks {
        let buffer = AudioBuffer::shared(&input, RATE, 1)?;
        let mut context = NodeContext::with_frame(&mut frame);
        let outputs = node.execute(NodeInputs::from_audio_buffer("input", buffer), &mut context)?;
        samples += outputs.audio_buffer("output").map_or(0, AudioBuffer::length);
    }
    Ok(samples)
}
