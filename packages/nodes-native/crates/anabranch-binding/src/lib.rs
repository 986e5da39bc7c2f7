//! Between Node.js and the nodes of one addon: everything that knows napi.
//!
//! An addon is a cdylib that lists its node types with [`plugin!`] and nothing else. The doors it exports are free
//! functions over integer handles, the cheapest call there is; what belongs to a call crosses in a block of numbers that
//! both sides see (`block.rs`). Every door checks its numbers itself, because napi converts them silently, and catches
//! panics, because one would end the whole process.

mod address;
mod block;
mod call;
#[doc(hidden)]
pub mod call_doors;
mod door_error;
#[doc(hidden)]
pub mod doors;
mod frame_door;
mod frame_plan;
mod further;
mod handle;
mod input;
mod instances;
mod left;
mod line;
#[doc(hidden)]
pub mod line_doors;
mod members;
mod memory;
mod numbers;
mod outbox;
mod panics;
mod plugin;
mod task;
mod told;

/// What the code that [`plugin!`] writes refers to. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::address::buffer_address;
    pub use crate::call_doors;
    pub use crate::door_error::DoorError;
    pub use crate::doors;
    pub use crate::line_doors;
    pub use crate::task::NodeTask;
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
            use $crate::__private::napi::bindgen_prelude::{
                AsyncTask, Float32ArraySlice, Float64Array, Function, Int32Array, Object, Uint8Array, Uint8ArraySlice,
            };
            use $crate::__private::{DoorError, NodeTask, call_doors, doors, line_doors};

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

            /// Once, before the first frame; gives the node's own delay in µs.
            #[$crate::__private::door]
            pub fn prepare(handle: f64) -> Result<f64, DoorError> {
                doors::prepare(handle)
            }

            /// The formats of the outputs for params as JSON, as JSON.
            #[$crate::__private::door]
            pub fn formats(node_type: String, params_json: String) -> Result<String, DoorError> {
                doors::formats(&PLUGIN, &node_type, &params_json)
            }

            /// Params of an older version, as JSON, as those of this one.
            #[$crate::__private::door]
            pub fn migrate(node_type: String, params_json: String, from: f64) -> Result<String, DoorError> {
                doors::migrate(&PLUGIN, &node_type, &params_json, from)
            }

            /// The size of the frame to bring for an input of so many samples.
            #[$crate::__private::door]
            pub fn frame_bytes(handle: f64, input_samples: f64) -> Result<f64, DoorError> {
                doors::frame_bytes(handle, input_samples)
            }

            /// The block of numbers of this thread.
            #[$crate::__private::door]
            pub fn attach(block: Float64Array) -> Result<(), DoorError> {
                doors::attach_block(block)
            }

            /// A number for a frame pool.
            #[$crate::__private::door]
            pub fn pool() -> Result<f64, DoorError> {
                doors::register_pool()
            }

            /// A slab of a frame pool.
            #[$crate::__private::door]
            pub fn slab(
                pool: f64,
                id: f64,
                slot_bytes: f64,
                slots: f64,
                data: Uint8Array,
                control: Int32Array,
            ) -> Result<(), DoorError> {
                doors::register_slab(pool, id, slot_bytes, slots, data, control)
            }

            /// Lets a frame pool go.
            #[$crate::__private::door]
            pub fn drop_pool(pool: f64) -> Result<(), DoorError> {
                doors::drop_pool(pool)
            }

            /// The door of calls on frames of a pool, `call`: see `call_doors`.
            #[$crate::__private::door(module_exports)]
            pub fn export_call(mut exports: Object<'_>) -> napi::Result<()> {
                call_doors::export_call(&mut exports)
            }

            /// What wakes this thread: see `line_doors::wake_by`.
            #[$crate::__private::door]
            pub fn wake_by(wake: Function<'_, (), ()>) -> Result<(), DoorError> {
                line_doors::wake_by(&wake)
            }

            /// One call on another thread: see `line_doors::enqueue_call`.
            #[$crate::__private::door]
            pub fn enqueue(handle: f64, verb: f64) -> Result<u32, DoorError> {
                line_doors::enqueue_call(handle, verb)
            }

            /// A thread for the calls in line: see `line_doors::serve_line`.
            #[$crate::__private::door]
            pub fn serve(handle: f64) -> Result<Option<AsyncTask<NodeTask>>, DoorError> {
                line_doors::serve_line(handle)
            }

            /// Lets a halted line go on: see `line_doors::go_on`.
            #[$crate::__private::door]
            pub fn go_on(handle: f64) -> Result<(), DoorError> {
                line_doors::go_on(handle)
            }

            /// Holds a line between two calls: see `line_doors::hold_line`.
            #[$crate::__private::door]
            pub fn hold(handle: f64) -> Result<bool, DoorError> {
                line_doors::hold_line(handle)
            }

            /// Takes calls out of line: see `line_doors::cancel_line`.
            #[$crate::__private::door]
            pub fn cancel(handle: f64) -> Result<(), DoorError> {
                line_doors::cancel_line(handle)
            }

            /// What a call on another thread gave: see `line_doors::collect_call`.
            #[$crate::__private::door]
            pub fn collect() -> Result<u32, DoorError> {
                line_doors::collect_call()
            }

            /// One call with an input of no pool: see `call_doors::call_input`.
            #[$crate::__private::door]
            pub fn call_input(handle: f64, verb: f64, input: Uint8ArraySlice) -> Result<(), DoorError> {
                call_doors::call_input(handle, verb, input)
            }

            /// One call on memory of no pool: see `call_doors::call_views`.
            #[$crate::__private::door]
            pub fn call_views(
                handle: f64,
                verb: f64,
                input: Uint8ArraySlice,
                output: Uint8ArraySlice,
            ) -> Result<(), DoorError> {
                call_doors::call_views(handle, verb, input, output)
            }

            /// Samples that the last call left outside frames.
            #[$crate::__private::door]
            pub fn left(member: f64, key: String) -> Result<Uint8Array, DoorError> {
                call_doors::left_bytes(member, &key)
            }

            /// Plain data that the last call left, as JSON.
            #[$crate::__private::door]
            pub fn plain(member: f64, key: String) -> Result<String, DoorError> {
                call_doors::left_plain(member, &key)
            }

            /// Throws what the last call failed with.
            #[$crate::__private::door]
            pub fn failure() -> Result<(), DoorError> {
                call_doors::failure()
            }

            /// Has the node forget what it saw.
            #[$crate::__private::door]
            pub fn reset(handle: f64) -> Result<bool, DoorError> {
                doors::reset(handle)
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
