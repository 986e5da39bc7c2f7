//! What a thread of JavaScript has registered: its call block, and the slabs of its frame pools.

use std::cell::RefCell;
use std::sync::Arc;

use anabranch_node::{ErrorCode, NodeError};
use napi::bindgen_prelude::{Float64Array, Int32Array, Uint8Array};

use crate::block;
use crate::frame_door::{Slab, numbers};
use crate::left::Left;
use crate::numbers::index;

type Slabs = Vec<Option<Arc<Slab>>>;

#[derive(Default)]
struct Memory {
    block: Option<Float64Array>,
    pools: Vec<Option<Slabs>>,
    scratch: Scratch,
}

/// What a call works with beside frames.
#[derive(Default)]
pub(crate) struct Scratch {
    /// What the last call left.
    pub(crate) left: Left,
    /// For what passes from node to node in one call.
    pub(crate) between: [Vec<f32>; block::MAX_MEMBERS],
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Keeps the block of this thread.
pub(crate) fn attach(mut block: Float64Array) -> Result<(), NodeError> {
    numbers(&mut block)?;
    MEMORY.with_borrow_mut(|memory| memory.block = Some(block));
    Ok(())
}

/// A number for a new pool.
pub(crate) fn add_pool() -> f64 {
    MEMORY.with_borrow_mut(|memory| {
        let at = memory.pools.iter().position(Option::is_none).unwrap_or_else(|| {
            memory.pools.push(None);
            memory.pools.len() - 1
        });
        memory.pools[at] = Some(Slabs::new());
        #[allow(clippy::cast_precision_loss, reason = "a thread has few pools")]
        {
            at as f64
        }
    })
}

/// Registers a slab of a pool.
pub(crate) fn add_slab(
    pool: f64,
    id: f64,
    slot_bytes: f64,
    slots: f64,
    data: Uint8Array,
    control: Int32Array,
) -> Result<(), NodeError> {
    /// More slabs than any pool has: slot numbers have 20 bits.
    const SLABS: usize = 1024;
    let (pool, id) = (index("pool", pool)?, index("slab", id)?);
    if id >= SLABS {
        return Err(NodeError::new(ErrorCode::Native, format!("slab {id} is beyond the last slot number")));
    }
    let slab = Slab::new(data, control, index("slot size", slot_bytes)?, index("slots", slots)?)?;
    MEMORY.with_borrow_mut(|memory| {
        let slabs = memory.pools.get_mut(pool).and_then(Option::as_mut).ok_or_else(|| no_pool(pool))?;
        if slabs.len() <= id {
            slabs.resize_with(id + 1, || None);
        }
        slabs[id] = Some(Arc::new(slab));
        Ok(())
    })
}

/// Lets a pool's memory go.
pub(crate) fn forget_pool(pool: f64) -> Result<(), NodeError> {
    let pool = index("pool", pool)?;
    MEMORY.with_borrow_mut(|memory| {
        let entry = memory.pools.get_mut(pool).filter(|entry| entry.is_some()).ok_or_else(|| no_pool(pool))?;
        *entry = None;
        Ok(())
    })
}

/// Runs `work` with the block, the pools and the scratch. None may be changed meanwhile: no JavaScript runs in a call.
pub(crate) fn with_memory<T>(
    work: impl FnOnce(&mut [f64], &Pools<'_>, &mut Scratch) -> Result<T, NodeError>,
) -> Result<T, NodeError> {
    MEMORY.with_borrow_mut(|Memory { block, pools, scratch }| {
        let block = block.as_mut().ok_or_else(|| {
            NodeError::new(ErrorCode::Native, "this thread has no call block").fix("call attach() first")
        })?;
        work(numbers(block)?, &Pools(pools), scratch)
    })
}

/// What the last call left.
pub(crate) fn with_left<T>(work: impl FnOnce(&mut Left) -> T) -> T {
    MEMORY.with_borrow_mut(|memory| work(&mut memory.scratch.left))
}

/// The pools of a thread, for looking up.
pub(crate) struct Pools<'m>(&'m [Option<Slabs>]);

impl Pools<'_> {
    /// The slabs of a pool.
    pub(crate) fn slabs(&self, pool: f64) -> Result<&[Option<Arc<Slab>>], NodeError> {
        let pool = index("pool", pool)?;
        self.0.get(pool).and_then(Option::as_deref).ok_or_else(|| no_pool(pool))
    }
}

fn no_pool(pool: usize) -> NodeError {
    NodeError::new(ErrorCode::Native, format!("there is no frame pool {pool} in this thread"))
        .fix("register the pool in the thread that uses it")
}
