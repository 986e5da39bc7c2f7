// The plugin

// Its nodes
export { type GainParams, gain } from './gain.ts'
// Its addon, for diagnostics
export { loaded as addon } from './loaded.ts'
// Named in the types of pipelines that hold a native node
export type { NativeNode } from './native-node.ts'
export { plugin as default, plugin } from './plugin.ts'
export type { Schema } from './schema.ts'
