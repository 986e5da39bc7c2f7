//! What the node types say about themselves holds: their examples make nodes, their params have words and bounds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use anabranch_node::NodeFactory;
use anabranch_nodes::{AudioResampleNode, ChannelMixNode, ChunkerNode, FormatConverterNode, GainNode};

fn factories() -> Vec<NodeFactory> {
    vec![
        NodeFactory::of::<AudioResampleNode>(),
        NodeFactory::of::<ChannelMixNode>(),
        NodeFactory::of::<ChunkerNode>(),
        NodeFactory::of::<FormatConverterNode>(),
        NodeFactory::of::<GainNode>(),
    ]
}

#[test]
fn every_example_makes_a_node_that_says_the_keys_of_its_spec() {
    for factory in factories() {
        let spec = factory.spec();
        assert!(!spec.examples.is_empty(), "{} has no example", spec.node_type);
        for example in &spec.examples {
            let node = factory.create(&example.params.to_string()).map_err(|error| error.to_string());
            let node = node.unwrap_or_else(|error| panic!("{}, {}: {error}", spec.node_type, example.title));
            assert_eq!(node.node_type(), spec.node_type);
            assert!(node.input_keys().iter().eq(spec.inputs.iter().map(|port| &port.key)));
            assert!(node.output_keys().iter().eq(spec.outputs.iter().map(|port| &port.key)));
        }
    }
}

#[test]
fn every_param_is_described_and_every_number_has_bounds() {
    for factory in factories() {
        let spec = factory.spec();
        assert_eq!(spec.params["additionalProperties"], false, "{}", spec.node_type);
        for (name, property) in spec.params["properties"].as_object().unwrap() {
            let at = format!("{}.{name}", spec.node_type);
            assert!(property["description"].is_string(), "{at} has no description");
            let types = property["type"].to_string();
            if types.contains("integer") || types.contains("number") {
                assert!(property["minimum"].is_number() && property["maximum"].is_number(), "{at} has no bounds");
            }
        }
    }
}

#[test]
fn every_node_type_can_serve_another_stream() {
    for factory in factories() {
        let spec = factory.spec();
        let mut node = factory.create(&spec.examples[0].params.to_string()).unwrap();
        assert!(node.reset().unwrap(), "{}", spec.node_type);
    }
}
