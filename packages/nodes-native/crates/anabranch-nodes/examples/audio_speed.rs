//! How long the conversions and the resampler take on this machine, buffers warm:
//! `cargo run --release -p anabranch-nodes --example audio_speed`. Each figure is the median of many calls of the node.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use anabranch_node::{
    AudioBuffer, Layout, NodeContext, NodeError, NodeExecutor, NodeFactory, NodeInputs, PcmBuffer, Sample, Samples,
    Value,
};
use anabranch_nodes::{AudioResampleNode, FormatConverterNode};

const MILLION: usize = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<i16> = (i16::MIN..=i16::MAX).cycle().take(MILLION).collect();
    let floats: Vec<f32> = words.iter().map(|word| f32::from(*word) / 32_768.0).collect();
    let mut frame = vec![0.0; MILLION];

    let mut to_floats = NodeFactory::of::<FormatConverterNode>().create("{}")?;
    let taken = median(400, || {
        let buffer = PcmBuffer::new(i16::wrap(Samples::Shared(&words)), 16_000, 1, Layout::Interleaved)?;
        run(to_floats.as_mut(), NodeInputs::new().with("input", Value::Pcm(buffer)), &mut frame)
    })?;
    println!("i16_to_f32_1m  {:8.1} µs", taken * 1e6);

    let mut to_words = NodeFactory::of::<FormatConverterNode>().create(r#"{"to":"i16"}"#)?;
    let taken = median(400, || {
        let buffer = AudioBuffer::shared(&floats, 16_000, 1)?;
        run(to_words.as_mut(), NodeInputs::from_audio_buffer("input", buffer), &mut frame)
    })?;
    println!("f32_to_i16_1m  {:8.1} µs", taken * 1e6);

    let (_, copied) = frame.split_at_mut(0);
    let taken = median(400, || {
        copied.copy_from_slice(black_box(&floats));
        black_box(&copied);
        Ok(())
    })?;
    println!("copy_f32_1m    {:8.1} µs", taken * 1e6);

    for (from, to) in [(48_000, 16_000), (44_100, 16_000), (16_000, 48_000), (44_100, 48_000)] {
        for quality in ["low", "medium", "high"] {
            resample(from, to, quality, &floats)?;
        }
    }
    Ok(())
}

/// A second at a time, and in frames of 20 ms.
fn resample(from: u32, to: u32, quality: &str, floats: &[f32]) -> Result<(), Box<dyn Error>> {
    let second = &floats[..from as usize];
    let mut figures = Vec::new();
    for frame in [second.len(), second.len() / 50] {
        let params = format!(r#"{{"output_rate":{to},"quality":"{quality}"}}"#);
        let mut node = NodeFactory::of::<AudioResampleNode>().create(&params)?;
        let mut output = vec![0.0; to as usize + 96_000];
        figures.push(median(100, || {
            for samples in second.chunks(frame) {
                let buffer = AudioBuffer::shared(samples, from, 1)?;
                run(node.as_mut(), NodeInputs::from_audio_buffer("input", buffer), &mut output)?;
            }
            Ok(())
        })?);
    }
    let (whole, cut) = (figures[0] * 1e3, figures[1] * 1e3);
    println!(
        "resample_{quality:<6} {from:6} to {to:6} Hz: {whole:.3} ms per second of audio, {cut:.3} in frames of 20 ms"
    );
    Ok(())
}

fn run<'f>(node: &mut dyn NodeExecutor, inputs: NodeInputs<'f>, frame: &'f mut [f32]) -> Result<(), NodeError> {
    let output = node.execute(inputs, &mut NodeContext::with_frame(frame))?;
    black_box(&output);
    Ok(())
}

/// The median in seconds, after some calls that are not counted.
fn median(calls: usize, mut call: impl FnMut() -> Result<(), NodeError>) -> Result<f64, NodeError> {
    let mut taken = Vec::with_capacity(calls);
    for index in 0..calls + 10 {
        let start = Instant::now();
        call()?;
        if index >= 10 {
            taken.push(start.elapsed().as_secs_f64());
        }
    }
    taken.sort_by(f64::total_cmp);
    Ok(taken[taken.len() / 2])
}
