//! Between Node.js and the nodes of one addon: everything that knows napi.
//!
//! An addon is a cdylib that lists its node types with [`plugin!`] and nothing else. The doors it exports are free
//! functions over integer handles, the cheapest call there is: `describe`, `check`, `create`, `prepare`, `process`, `flush`,
//! `control`, `drop`, and `bufferAddress` for diagnostics. Every door checks its numbers itself, because napi converts
//! them silently, and catches panics, because one would end the whole process.

mod address;
mod door_error;
#[doc(hidden)]
pub mod doors;
mod frame_door;
mod handle;
mod instances;
mod numbers;
mod panics;
mod plugin;

/// What the code that [`plugin!`] writes refers to. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::address::buffer_address;
    pub use crate::door_error::DoorError;
    pub use crate::doors;
    pub use ::napi;
    pub use napi_derive::napi as door;
}

pub use anabranch_node::NodeFactory;
pub use plugin::Plugin;

/// Writes the doors of an addon: `plugin! { name: "my-plugin", nodes: [MyNode, OtherNode] }`. Each node type implements
/// [`NodeType`](anabranch_node::NodeType). Use it once, at the root of a cdylib.
#[macro_export]
macro_rules! plugin {
    (name: $name:literal, nodes: [$($node:ty),+ $(,)?] $(,)?) => {
        /// The functions that Node.js sees.
        #[allow(clippy::needless_pass_by_value, clippy::missing_errors_doc, reason = "napi hands values over, and these are called from JavaScript")]
        mod doors {
            use super::*;
            use $crate::__private::napi;
            use $crate::__private::napi::bindgen_prelude::Float32ArraySlice;
            use $crate::__private::{DoorError, doors};

            static PLUGIN: $crate::Plugin =
                $crate::Plugin { name: $name, nodes: &[$($crate::NodeFactory::of::<$node>()),+] };

            /// The plugin and its node types, as JSON.
            #[$crate::__private::door]
            pub fn describe() -> Result<String, DoorError> {
                doors::describe(&PLUGIN)
            }

            /// Whether a node could be made from params as JSON.
            #[$crate::__private::door]
            pub fn check(node_type: String, params_json: String) -> Result<(), DoorError> {
                doors::check(&PLUGIN, &node_type, &params_json)
            }

            /// Makes a node from params as JSON; gives its handle.
            #[$crate::__private::door]
            pub fn create(node_type: String, params_json: String) -> Result<f64, DoorError> {
                doors::create(&PLUGIN, &node_type, &params_json)
            }

            /// Once, before the first frame.
            #[$crate::__private::door]
            pub fn prepare(handle: f64) -> Result<(), DoorError> {
                doors::prepare(handle)
            }

            /// One frame in, one out: see `doors::process`.
            #[$crate::__private::door]
            pub fn process(
                handle: f64,
                input: Float32ArraySlice,
                output: Float32ArraySlice,
                sample_rate: f64,
                channels: f64,
            ) -> Result<f64, DoorError> {
                doors::process(handle, input, output, sample_rate, channels)
            }

            /// At the end of the stream.
            #[$crate::__private::door]
            pub fn flush(handle: f64) -> Result<(), DoorError> {
                doors::flush(handle)
            }

            /// A control message as JSON.
            #[$crate::__private::door]
            pub fn control(handle: f64, message_json: String) -> Result<(), DoorError> {
                doors::control(handle, &message_json)
            }

            /// Cleans the node up and forgets it.
            #[$crate::__private::door(js_name = "drop")]
            pub fn drop_node(handle: f64) -> Result<(), DoorError> {
                doors::drop_node(handle)
            }

            /// Where the samples of a view lie in memory. For diagnostics and tests.
            #[$crate::__private::door]
            pub fn buffer_address(view: Float32ArraySlice) -> f64 {
                $crate::__private::buffer_address(&view)
            }
        }
    };
}
