//! What the tests of the file nodes share.

#![allow(dead_code, clippy::unwrap_used, reason = "helpers of tests, each of which uses some of them")]

use std::path::{Path, PathBuf};

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{NodeError, NodeOutputs, Value};
use anabranch_nodes::{AudioFileSink, AudioFileSource};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// A folder for one test, new and empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file that an independent encoder wrote.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/fixtures/audio").join(name)
}

/// The list of these files: what is in each, by the encoder's input and by other decoders.
pub(crate) fn fixtures() -> Vec<Json> {
    let text = std::fs::read_to_string(fixture("fixtures.json")).unwrap();
    let list: Json = serde_json::from_str(&text).unwrap();
    list["fixtures"].as_array().unwrap().clone()
}

/// What a source gave, up to its first error.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) samples: Vec<f32>,
    /// Samples of every frame, over all channels.
    pub(crate) frames: Vec<usize>,
    pub(crate) rate: u32,
    pub(crate) channels: u16,
    pub(crate) info: Json,
    pub(crate) errors: Vec<NodeError>,
}

/// Plays `path` to its end, over errors.
pub(crate) fn play(path: &Path, params: &Json) -> Result<Played, NodeError> {
    let mut params = params.clone();
    params["path"] = path.to_str().unwrap().into();
    let mut source = Harness::of::<AudioFileSource>(&params)?;
    let mut played = Played::default();
    loop {
        match source.produce() {
            Ok(Some(outputs)) => played.add(&outputs),
            Ok(None) => break,
            Err(error) => played.errors.push(error),
        }
    }
    assert!(source.produce().unwrap().is_none(), "an end is an end");
    source.node().cleanup().unwrap();
    Ok(played)
}

impl Played {
    fn add(&mut self, outputs: &NodeOutputs<'_>) {
        if let Ok(audio) = outputs.audio_buffer("output") {
            (self.rate, self.channels) = (audio.sample_rate(), audio.channels());
            self.frames.push(audio.samples().len());
            self.samples.extend(audio_of(std::slice::from_ref(outputs), "output").unwrap());
        }
        if let Some(Value::Plain(info)) = outputs.get("info") {
            assert!(self.info.is_null(), "info comes once");
            assert!(self.frames.len() <= 1, "info comes with the first frame");
            self.info = info.clone();
        }
    }

    pub(crate) fn length(&self) -> usize {
        self.samples.len() / usize::from(self.channels.max(1))
    }
}

/// Writes `samples` in frames of `chunk` samples a channel.
pub(crate) fn write(params: &Json, samples: &[f32], rate: u32, channels: u16, chunk: usize) -> Result<(), NodeError> {
    let mut sink = Harness::of::<AudioFileSink>(params)?;
    sink.stream(samples, rate, channels, chunk)?;
    sink.node().cleanup()
}

/// `{ "path": … }` and what else is said.
pub(crate) fn params(path: &Path, more: &Json) -> Json {
    let mut params = json!({ "path": path.to_str().unwrap() });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    params
}

/// Of the samples as little-endian bytes.
pub(crate) fn sha256(samples: &[f32]) -> String {
    let mut hash = Sha256::new();
    for sample in samples {
        hash.update(sample.to_le_bytes());
    }
    format!("{:x}", hash.finalize())
}
