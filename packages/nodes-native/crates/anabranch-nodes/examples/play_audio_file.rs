//! Plays a file as fast as it goes and tells how fast that was, and the most memory the process had:
//! `cargo run --release --example play_audio_file -- FILE [RUNS]`. With `--write FILE SECONDS` it writes one instead:
//! noise and a tone, 16 bits, 48 kHz, two channels.

use std::time::Instant;

use anabranch_node::testing::Harness;
use anabranch_nodes::{AudioFileSink, AudioFileSource};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--write", path, seconds] => write(path, seconds.parse()?),
        [path] => play(path, 1),
        [path, runs] => play(path, runs.parse()?),
        _ => Err("say FILE [RUNS], or --write FILE SECONDS".into()),
    }
}

fn play(path: &str, runs: u32) -> Result<(), Box<dyn std::error::Error>> {
    let mut factors = Vec::new();
    let (mut seconds, mut samples) = (0.0, 0);
    for _ in 0..runs {
        let start = Instant::now();
        let mut source = Harness::of::<AudioFileSource>(&json!({ "path": path }))?;
        (seconds, samples) = (0.0, 0);
        while let Some(outputs) = source.produce()? {
            let audio = outputs.audio_buffer("output")?;
            samples += audio.length();
            #[allow(clippy::cast_precision_loss, reason = "a frame")]
            let length = audio.length() as f64;
            seconds += length / f64::from(audio.sample_rate());
        }
        factors.push(seconds / start.elapsed().as_secs_f64());
    }
    factors.sort_by(f64::total_cmp);
    let median = factors.get(factors.len() / 2).copied().unwrap_or_default();
    println!(
        "{path}: {seconds:.1} s ({samples} samples), {median:.0} x real time (median of {runs}), {} peak",
        peak()?
    );
    Ok(())
}

fn write(path: &str, seconds: u32) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut sink = Harness::of::<AudioFileSink>(&json!({ "path": path }))?;
    let mut random: u32 = 1;
    let mut frame = vec![0.0; 2 * 960];
    for at in 0..seconds * 50 {
        for (index, pair) in frame.chunks_mut(2).enumerate() {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            #[allow(clippy::cast_precision_loss, reason = "a signal")]
            let (noise, angle) = (random as f32 / 4e9 - 0.5, (at as usize * 960 + index) as f32 * 0.05);
            pair[0] = 0.1 * noise + 0.5 * (angle % std::f32::consts::TAU).sin();
            pair[1] = 0.05 * noise;
        }
        sink.audio(&frame, 48_000, 2)?;
    }
    sink.flush()?;
    let factor = f64::from(seconds) / start.elapsed().as_secs_f64();
    println!("{path}: {seconds} s written, {factor:.0} x real time, {} peak", peak()?);
    Ok(())
}

/// The most memory that was resident, as Linux tells it.
fn peak() -> std::io::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or("unknown").trim().to_owned())
}
