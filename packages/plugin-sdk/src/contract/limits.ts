// Generated from contract/limits.json by scripts/generate-contract.mjs. Do not edit.

/** The limits as shipped; each can be overridden by configuration, none by a peer. */
export const LIMITS = {
  manifest_bytes: 262144,
  manifest_depth: 32,
  nodes: 1024,
  edges: 4096,
  keys_per_node: 64,
  id_pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$',
  yaml_aliases: 0,
  msgpack_depth: 32,
  msgpack_items: 65536,
  value_bytes: 67108864,
  wire_message_bytes: 1048576,
  audio_frame_bytes: 4194304,
  channels_max: 64,
  sample_rate_min: 1000,
  sample_rate_max: 768000,
  expansion: 1024,
  held: 256,
  pool_bytes: 268435456,
  edge_items: 64,
  stderr_line_bytes: 16384,
  in_flight: 32,
  operator_restarts: 5,
  operator_restart_window_ms: 60000,
} as const
