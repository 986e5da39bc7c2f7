//! The addon of `@anabranch/nodes-native`.

use anabranch_nodes::{GainNode, PanicNode};

anabranch_binding::plugin! {
    name: "@anabranch/nodes-native",
    nodes: [GainNode, PanicNode],
}
