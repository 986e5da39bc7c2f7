//! The addon of `@anabranch/nodes-native`.

use anabranch_nodes::{
    AudioFileSink, AudioFileSource, AudioResampleNode, BurstNode, ChannelMixNode, ChunkerNode, ClippingDetectorNode,
    DenoiseNode, FormatConverterNode, GainNode, LevelNode, PanicNode, SilenceDetectorNode, SpectrumNode, VADNode,
};

anabranch_binding::plugin! {
    name: "@anabranch/nodes-native",
    nodes: [
        AudioFileSource,
        AudioFileSink,
        FormatConverterNode,
        AudioResampleNode,
        ChannelMixNode,
        GainNode,
        ChunkerNode,
        VADNode,
        LevelNode,
        SpectrumNode,
        DenoiseNode,
        ClippingDetectorNode,
        SilenceDetectorNode,
        PanicNode,
        BurstNode,
    ],
}
