//! What `AudioFileSource` can be told.

use anabranch_node::Issue;
use schemars::JsonSchema;
use serde::Deserialize;

const MAX_FRAME_MS: f64 = 60_000.0;
const MAX_FRAME_SAMPLES: u32 = 1 << 20;
const MAX_MS: f64 = 1e12;

/// The params of `AudioFileSource`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudioFileSourceParams {
    /// The file. A relative path begins at the working directory of the process.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The length of a frame in ms, rounded to whole samples; 20 where neither this nor `frame_samples` is given.
    #[serde(default)]
    #[schemars(range(min = 1.0, max = MAX_FRAME_MS))]
    pub frame_ms: Option<f64>,
    /// The length of a frame in samples of one channel, instead of `frame_ms`.
    #[serde(default)]
    #[schemars(range(min = 1, max = MAX_FRAME_SAMPLES))]
    pub frame_samples: Option<u32>,
    /// Where to begin, in ms, rounded to whole samples. The media time of the output begins at 0 nevertheless.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = MAX_MS))]
    pub start_ms: f64,
    /// Where to end, in ms, rounded to whole samples; at the end of the file where it is not given.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = MAX_MS))]
    pub end_ms: Option<f64>,
}

/// Everything that is wrong with them.
pub(crate) fn issues_of(params: &AudioFileSourceParams) -> Vec<Issue> {
    let mut issues = Vec::new();
    if params.path.is_empty() || params.path.contains('\0') {
        issues.push(Issue::new("path", "must name a file").expected("a path", format!("{:?}", params.path)));
    }
    if let Some(ms) = params.frame_ms
        && !(1.0..=MAX_FRAME_MS).contains(&ms)
    {
        issues.push(out_of_range("frame_ms", "ms", ms, 1.0, MAX_FRAME_MS));
    }
    if let Some(samples) = params.frame_samples {
        if !(1..=MAX_FRAME_SAMPLES).contains(&samples) {
            issues.push(out_of_range("frame_samples", "samples", samples.into(), 1.0, MAX_FRAME_SAMPLES.into()));
        }
        if params.frame_ms.is_some() {
            issues.push(Issue::new("frame_samples", "cannot be given beside frame_ms: leave one of them out"));
        }
    }
    if !(0.0..=MAX_MS).contains(&params.start_ms) {
        issues.push(out_of_range("start_ms", "ms", params.start_ms, 0.0, MAX_MS));
    }
    if let Some(end) = params.end_ms {
        if !(0.0..=MAX_MS).contains(&end) {
            issues.push(out_of_range("end_ms", "ms", end, 0.0, MAX_MS));
        } else if end <= params.start_ms {
            let start = params.start_ms;
            issues.push(
                Issue::new("end_ms", "must come after start_ms")
                    .expected(format!("more than {start}"), end.to_string()),
            );
        }
    }
    issues
}

fn out_of_range(path: &str, unit: &str, received: f64, min: f64, max: f64) -> Issue {
    Issue::new(path, format!("must be a number from {min} to {max} {unit}"))
        .expected(format!("{min} to {max}"), received.to_string())
}
