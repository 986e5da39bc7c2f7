// Generated from contract/frames.json by scripts/generate-contract.mjs. Do not edit.

/** The layout of the frame pool in shared memory, equal in TypeScript and Rust. */
export const FRAMES = {
  slot_bits: 20,
  generation_bits: 20,
  refs_bits: 12,
  writer: 4095,
  readers_max: 4094,
  line_bytes: 64,
  free_words: 32,
  slots_per_slab: 1024,
  slab_bytes: 4194304,
  first_slab_bytes: 131072,
  holders: 64,
  size_classes: [2048, 16384, 262144, 524288, 1048576, 2097152, 4194304],
} as const
