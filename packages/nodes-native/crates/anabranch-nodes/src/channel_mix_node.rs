//! `ChannelMixNode`: another number of channels.

use anabranch_node::{
    AudioBuffer, Format, Formats, Issue, Kind, MAX_CHANNELS, NodeContext, NodeError, NodeExecutor, NodeInputs,
    NodeOutputs, NodeSpec, NodeType, Purity,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audio_input::take_audio;

/// The largest factor of a matrix: 60 dB, as much as a `GainNode` gives.
const MAX_FACTOR: f64 = 1_000.0;

/// The params of [`ChannelMixNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelMixParams {
    /// The number of channels that go out.
    #[schemars(range(min = 1, max = MAX_CHANNELS))]
    pub channels: u16,
    /// One row for each channel that goes out, one factor (−1000 to 1000) for each that comes in:
    /// `output[row] = Σ matrix[row][column] · input[column]`. Without it, one channel is copied to all, several are
    /// averaged to one, as many as should go out are passed on, and anything else is an error.
    #[serde(default)]
    pub matrix: Option<Vec<Vec<f64>>>,
}

/// Makes `channels` channels of any number: by a matrix, or by the rules that need none (one to all, the mean of all).
/// Sums are made in f64 and not clipped. An input whose factor is 0 has no part in a sum, not even when it is infinite or
/// not a number.
#[derive(Debug)]
pub struct ChannelMixNode {
    channels: u16,
    matrix: Option<Matrix>,
}

#[derive(Debug)]
struct Matrix {
    columns: usize,
    /// For each output channel, the inputs that have a part in it, and their factors.
    rows: Vec<Vec<(usize, f64)>>,
}

impl NodeType for ChannelMixNode {
    type Params = ChannelMixParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("ChannelMixNode", "Mixes channels into another number of channels.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .purity(Purity::Pure)
            .example("any number of channels to mono, their mean", json!({ "channels": 1 }))
            .example("mono to stereo, the same on both sides", json!({ "channels": 2 }))
            .example("left and right changed over", json!({ "channels": 2, "matrix": [[0, 1], [1, 0]] }))
    }

    fn formats(params: &ChannelMixParams) -> Formats {
        vec![("output", Format::new().channels(params.channels))]
    }

    fn create(params: ChannelMixParams) -> Result<Self, NodeError> {
        let issues = issues_of(&params);
        if !issues.is_empty() {
            return Err(NodeError::params(&issues));
        }
        let matrix = params.matrix.map(|rows| Matrix {
            columns: rows.first().map_or(0, Vec::len),
            rows: rows.into_iter().map(parts).collect(),
        });
        Ok(Self { channels: params.channels, matrix })
    }
}

fn parts(row: Vec<f64>) -> Vec<(usize, f64)> {
    row.into_iter().enumerate().filter(|(_, factor)| *factor != 0.0).collect()
}

fn issues_of(params: &ChannelMixParams) -> Vec<Issue> {
    let mut issues = Vec::new();
    let possible = 1..=usize::from(MAX_CHANNELS);
    if !possible.contains(&usize::from(params.channels)) {
        let issue = Issue::new("channels", format!("must be a whole number from 1 to {MAX_CHANNELS}"));
        issues.push(issue.expected(format!("1 to {MAX_CHANNELS}"), params.channels.to_string()));
    }
    let Some(rows) = &params.matrix else { return issues };
    if rows.len() != usize::from(params.channels) {
        let issue = Issue::new("matrix", format!("must have a row for each of the {} channels", params.channels));
        issues.push(issue.expected(format!("{} rows", params.channels), format!("{} rows", rows.len())));
    }
    let columns = rows.first().map_or(0, Vec::len);
    for (index, row) in rows.iter().enumerate() {
        if !possible.contains(&row.len()) {
            let issue = Issue::new(format!("matrix[{index}]"), "must have a factor for each channel that comes in");
            issues.push(issue.expected(format!("1 to {MAX_CHANNELS} factors"), format!("{} factors", row.len())));
        } else if row.len() != columns {
            let issue = Issue::new(format!("matrix[{index}]"), "must be as long as the first row");
            issues.push(issue.expected(format!("{columns} factors"), format!("{} factors", row.len())));
        }
        for (column, factor) in row.iter().enumerate() {
            if !(-MAX_FACTOR..=MAX_FACTOR).contains(factor) {
                let path = format!("matrix[{index}][{column}]");
                let issue = Issue::new(path, format!("must be a number from -{MAX_FACTOR} to {MAX_FACTOR}"));
                issues.push(issue.expected(format!("-{MAX_FACTOR} to {MAX_FACTOR}"), factor.to_string()));
            }
        }
    }
    issues
}

impl ChannelMixNode {
    /// Writes all of `output`; what may come in was checked before.
    fn mix(&self, input: &[f32], channels: usize, output: &mut [f32]) {
        let frames = input.chunks_exact(channels).zip(output.chunks_exact_mut(usize::from(self.channels)));
        match &self.matrix {
            Some(matrix) => {
                for (input, output) in frames {
                    for (sample, row) in output.iter_mut().zip(&matrix.rows) {
                        *sample = narrowed(row.iter().map(|(from, factor)| f64::from(input[*from]) * factor).sum());
                    }
                }
            }
            None if channels == 1 => frames.for_each(|(input, output)| output.fill(input[0])),
            None => {
                let count = f64::from(u32::try_from(channels).unwrap_or(u32::MAX));
                for (input, output) in frames {
                    output[0] = narrowed(input.iter().map(|sample| f64::from(*sample)).sum::<f64>() / count);
                }
            }
        }
    }

    /// Whether `channels` channels can come in.
    fn check(&self, channels: u16) -> Result<(), NodeError> {
        let to = self.channels;
        match &self.matrix {
            Some(matrix) if matrix.columns == usize::from(channels) => Ok(()),
            Some(matrix) => {
                let columns = matrix.columns;
                let message = format!("input 'input' has {channels} channels; `matrix` has {columns} factors a row");
                Err(NodeError::inputs("input", message)
                    .fix(format!("give {channels} factors in each row, one for each channel that comes in")))
            }
            None if to == channels || to == 1 || channels == 1 => Ok(()),
            None => {
                let message = format!("input 'input' has {channels} channels, and no rule makes {to} of them");
                Err(NodeError::inputs("input", message)
                    .fix(format!("set `matrix`: {to} rows, each of {channels} factors")))
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "rounds to the nearest f32")]
fn narrowed(sum: f64) -> f32 {
    sum as f32
}

impl NodeExecutor for ChannelMixNode {
    fn node_type(&self) -> &'static str {
        "ChannelMixNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output"]
    }

    fn output_samples(&self, _key: &str, input: usize) -> usize {
        let columns = self.matrix.as_ref().map_or(1, |matrix| matrix.columns);
        input / columns * usize::from(self.channels)
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let input: AudioBuffer<'f> = take_audio(&mut inputs, "input")?;
        self.check(input.channels())?;
        if self.matrix.is_none() && input.channels() == self.channels {
            return Ok(NodeOutputs::from_audio_buffer("output", input));
        }
        let count = input.length() * usize::from(self.channels);
        let mut output = context.audio(count, input.sample_rate(), self.channels)?;
        if let Some(samples) = output.samples_mut() {
            self.mix(input.samples(), usize::from(input.channels()), samples);
        }
        Ok(NodeOutputs::from_audio_buffer("output", output))
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        Ok(true)
    }
}
