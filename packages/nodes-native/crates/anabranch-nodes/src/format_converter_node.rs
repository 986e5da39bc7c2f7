//! `FormatConverterNode`: another type of samples, another layout of channels.

use anabranch_node::{
    AudioBuffer, Format, Formats, Kind, Layout, MAX_CHANNELS, NodeContext, NodeError, NodeExecutor, NodeInputs,
    NodeOutputs, NodeSpec, NodeType, PcmBuffer, PcmSamples, Purity, Samples, Value,
};
use serde_json::json;

use crate::audio_input::no_samples;
use crate::format_converter_params::{ChannelLayout, FormatConverterParams, SampleType};
use crate::range_check::RangeCheck;
use crate::sample_conversion::{Number, Order, convert};

/// Turns samples of any type and layout into those of another: pcm or audio in; audio out where that is `f32`
/// interleaved, else pcm.
///
/// An integer of n bits stands for `value / 2^(n - 1)`, u8 with an offset of 128. To an integer, samples are rounded to
/// the nearest (halves to the even one) and clipped; not-a-number becomes silence. Samples that are as they should be are
/// passed on, not copied.
#[derive(Debug)]
pub struct FormatConverterNode {
    from: Option<SampleType>,
    to: SampleType,
    layout: Layout,
    channels: Option<u16>,
}

impl NodeType for FormatConverterNode {
    type Params = FormatConverterParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("FormatConverterNode", "Turns samples into another type, or another layout of channels.")
            .input("input", Kind::Pcm)
            .output("output", Kind::Audio)
            .output("pcm", Kind::Pcm)
            .purity(Purity::Pure)
            .example("16-bit samples from a device to audio", json!({ "from": "i16" }))
            .example("audio to 16-bit samples for a device", json!({ "to": "i16" }))
            .example("channels one after another, for a library", json!({ "to": "f32", "layout": "planar" }))
    }

    fn formats(params: &FormatConverterParams) -> Formats {
        let mut format = Format::new().dtype(params.to.name());
        format.channels = params.channels;
        vec![(key_for(params.to, params.layout), format)]
    }

    fn create(params: FormatConverterParams) -> Result<Self, NodeError> {
        if let Some(channels) = params.channels {
            RangeCheck::new().within("channels", &channels, &(1..=MAX_CHANNELS), "").done()?;
        }
        let layout = match params.layout {
            ChannelLayout::Interleaved => Layout::Interleaved,
            ChannelLayout::Planar => Layout::Planar,
        };
        Ok(Self { from: params.from, to: params.to, layout, channels: params.channels })
    }
}

fn key_for(to: SampleType, layout: ChannelLayout) -> &'static str {
    if to == SampleType::F32 && layout == ChannelLayout::Interleaved { "output" } else { "pcm" }
}

impl FormatConverterNode {
    fn gives_audio(&self) -> bool {
        self.to == SampleType::F32 && self.layout == Layout::Interleaved
    }

    /// Refuses what `from` and `channels` rule out, and frames without samples.
    fn check(&self, samples: &PcmSamples<'_>, channels: u16) -> Result<(), NodeError> {
        if samples.is_empty() {
            return Err(no_samples("input"));
        }
        if let Some(from) = self.from.filter(|from| from.name() != samples.dtype()) {
            let message = format!("input 'input' has samples of {}; `from` says {}", samples.dtype(), from.name());
            return Err(NodeError::inputs("input", message)
                .fix(format!("set `from` to {}, or leave it out to take any type", samples.dtype())));
        }
        if let Some(expected) = self.channels.filter(|expected| *expected != channels) {
            let message = format!("input 'input' has {channels} channels; `channels` says {expected}");
            return Err(NodeError::inputs("input", message)
                .fix(format!("put a ChannelMixNode of {expected} channels before it, or leave `channels` out")));
        }
        Ok(())
    }

    fn order(&self, layout: Layout, channels: u16) -> Order {
        match (layout, self.layout) {
            (Layout::Planar, Layout::Interleaved) if channels > 1 => Order::Interleave,
            (Layout::Interleaved, Layout::Planar) if channels > 1 => Order::Deinterleave,
            _ => Order::Same,
        }
    }

    fn audio<'f>(
        &self,
        from: &PcmSamples<'_>,
        (sample_rate, channels, layout): (u32, u16, Layout),
        context: &mut NodeContext<'f>,
    ) -> Result<AudioBuffer<'f>, NodeError> {
        let mut output = context.audio(from.len(), sample_rate, channels)?;
        if let Some(to) = output.samples_mut() {
            convert(from, to, self.order(layout, channels), usize::from(channels));
        }
        Ok(output)
    }

    fn pcm<'f, T: Number>(
        &self,
        from: &PcmSamples<'_>,
        (sample_rate, channels, layout): (u32, u16, Layout),
        context: &mut NodeContext<'f>,
    ) -> Result<PcmBuffer<'f>, NodeError> {
        let mut output = context.pcm::<T>(from.len(), sample_rate, channels, self.layout)?;
        if let Some(to) = T::slice_mut(output.samples_mut()) {
            convert(from, to, self.order(layout, channels), usize::from(channels));
        }
        Ok(output)
    }

    /// Samples that were refused nowhere, in the type and layout that go out.
    fn converted<'f>(
        &self,
        from: &PcmSamples<'_>,
        format: (u32, u16, Layout),
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let pcm = match self.to {
            SampleType::F32 if self.gives_audio() => {
                return Ok(NodeOutputs::from_audio_buffer("output", self.audio(from, format, context)?));
            }
            SampleType::U8 => self.pcm::<u8>(from, format, context)?,
            SampleType::I16 => self.pcm::<i16>(from, format, context)?,
            SampleType::I32 => self.pcm::<i32>(from, format, context)?,
            SampleType::F32 => self.pcm::<f32>(from, format, context)?,
            SampleType::F64 => self.pcm::<f64>(from, format, context)?,
        };
        Ok(NodeOutputs::new().with("pcm", Value::Pcm(pcm)))
    }

    /// What is in the right type and layout already, under the right kind.
    fn passed<'f>(&self, mut buffer: PcmBuffer<'f>) -> Result<NodeOutputs<'f>, NodeError> {
        if !self.gives_audio() {
            return Ok(NodeOutputs::new().with("pcm", Value::Pcm(buffer)));
        }
        let (sample_rate, channels) = (buffer.sample_rate(), buffer.channels());
        let nothing = PcmSamples::F32(Samples::Owned(Vec::new()));
        let audio = match std::mem::replace(buffer.samples_mut(), nothing) {
            PcmSamples::F32(Samples::Shared(samples)) => AudioBuffer::shared(samples, sample_rate, channels)?,
            PcmSamples::F32(Samples::Exclusive(samples)) => AudioBuffer::exclusive(samples, sample_rate, channels)?,
            PcmSamples::F32(Samples::Owned(samples)) => AudioBuffer::owned(samples, sample_rate, channels)?,
            other => return Err(NodeError::execution(format!("{} is no f32", other.dtype()))),
        };
        Ok(NodeOutputs::from_audio_buffer("output", audio))
    }
}

impl NodeExecutor for FormatConverterNode {
    fn node_type(&self) -> &'static str {
        "FormatConverterNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output", "pcm"]
    }

    fn output_samples(&self, key: &str, input: usize) -> usize {
        match (key, self.gives_audio()) {
            ("output", true) => input,
            ("pcm", false) => (input * self.to.bytes()).div_ceil(size_of::<f32>()),
            _ => 0,
        }
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        match inputs.take("input") {
            Some(Value::Audio(buffer)) => {
                let from = PcmSamples::F32(Samples::Shared(buffer.samples()));
                self.check(&from, buffer.channels())?;
                if self.gives_audio() {
                    return Ok(NodeOutputs::from_audio_buffer("output", buffer));
                }
                self.converted(&from, (buffer.sample_rate(), buffer.channels(), Layout::Interleaved), context)
            }
            Some(Value::Pcm(buffer)) => {
                self.check(buffer.samples(), buffer.channels())?;
                // One channel lies in the same way in both layouts; only its word for it differs.
                let as_is = buffer.layout() == self.layout || (buffer.channels() == 1 && self.gives_audio());
                if as_is && buffer.samples().dtype() == self.to.name() {
                    return self.passed(buffer);
                }
                let format = (buffer.sample_rate(), buffer.channels(), buffer.layout());
                self.converted(buffer.samples(), format, context)
            }
            Some(Value::Number(_)) => Err(no_samples_at_all("a number")),
            Some(_) => Err(no_samples_at_all("plain data")),
            None => Err(no_samples_at_all("nothing")),
        }
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        Ok(true)
    }
}

fn no_samples_at_all(found: &str) -> NodeError {
    NodeError::inputs("input", format!("input 'input' should be pcm or audio and is {found}"))
}
