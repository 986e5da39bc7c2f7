//! The addon of `@anabranch/nodes-native`.

use anabranch_nodes::{
    AudioFileSink, AudioFileSource, ClippingDetectorNode, DenoiseNode, GainNode, LevelNode, PanicNode,
    SilenceDetectorNode, SpectrumNode, VADNode,
};

anabranch_binding::plugin! {
    name: "@anabranch/nodes-native",
    nodes: [
        AudioFileSource,
        AudioFileSink,
        GainNode,
        VADNode,
        LevelNode,
        SpectrumNode,
        DenoiseNode,
        ClippingDetectorNode,
        SilenceDetectorNode,
        PanicNode,
    ],
}
