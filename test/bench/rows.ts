import type { Row } from './row.ts'

/** Every row, in the order of the table; each is loaded only when it runs. */
export const rows: Readonly<Record<string, () => Promise<{ readonly row: Row }>>> = {
  edge_hop: () => import('./rows/edge-hop.ts'),
  chain5: () => import('./rows/chain5.ts'),
  chain5_fused: () => import('./rows/chain5-fused.ts'),
  chain5_vs_rxjs: () => import('./rows/chain5-vs-rxjs.ts'),
  operator_hop: () => import('./rows/operator-hop.ts'),
  diamond: () => import('./rows/diamond.ts'),
  bytes_per_item: () => import('./rows/bytes-per-item.ts'),
  execute_once: () => import('./rows/execute-once.ts'),
  metrics_cost: () => import('./rows/metrics-cost.ts'),
  manifest_1000_nodes: () => import('./rows/manifest-1000-nodes.ts'),
  import_cost: () => import('./rows/import-cost.ts'),
  command_help: () => import('./rows/command-help.ts'),
  command_validate: () => import('./rows/command-validate.ts'),
  hello_first_output: () => import('./rows/command-hello.ts'),
  reload: () => import('./rows/reload.ts'),
  branches_async: () => import('./rows/branches-async.ts'),
  branches_thread: () => import('./rows/branches-thread.ts'),
  branches_1s: () => import('./rows/branches-1s.ts'),
  stop_latency: () => import('./rows/stop-latency.ts'),
  rss_slow_consumer: () => import('./rows/rss-slow-consumer.ts'),
  frame_cycle: () => import('./rows/frame-cycle.ts'),
  native_call: () => import('./rows/native-call.ts'),
  i16_to_f32_1m: () => import('./rows/i16-to-f32-1m.ts'),
  f32_to_i16_1m: () => import('./rows/f32-to-i16-1m.ts'),
  resample_high: () => import('./rows/resample-high.ts'),
  vad_30ms: () => import('./rows/vad-30ms.ts'),
  chain_20ms: () => import('./rows/chain-20ms.ts'),
  chain_20ms_fused: () => import('./rows/chain-20ms-fused.ts'),
  file_chain: () => import('./rows/file-chain.ts'),
  file_ffmpeg: () => import('./rows/file-ffmpeg.ts'),
  file_gstreamer: () => import('./rows/file-gstreamer.ts'),
  long_file_ffmpeg: () => import('./rows/long-file-ffmpeg.ts'),
  long_file_gstreamer: () => import('./rows/long-file-gstreamer.ts'),
  python_stream: () => import('./rows/python-stream.ts'),
  python_rtt: () => import('./rows/python-rtt.ts'),
  python_interrupt: () => import('./rows/python-interrupt.ts'),
  python_branches: () => import('./rows/python-branches.ts'),
  python_decode_64k: () => import('./rows/python-decode-64k.ts'),
  codec_encode_64k: () => import('./rows/codec-encode-64k.ts'),
  worker_ready: () => import('./rows/worker-ready.ts'),
  idle_cpu: () => import('./rows/idle-cpu.ts'),
  captions_overhead: () => import('./rows/captions-overhead.ts'),
  captions_first: () => import('./rows/captions-first.ts'),
  captions_first_part: () => import('./rows/captions-first-part.ts'),
  realtime_vad_latency: () => import('./rows/realtime-vad-latency.ts'),
  realtime_caption_delay: () => import('./rows/realtime-caption-delay.ts'),
  native_gain: () => import('./rows/native-gain.ts'),
  native_gain_node: () => import('./rows/native-gain-node.ts'),
}

/** Throws one clear line for a name that no row has. */
export async function loadRow(name: string): Promise<Row> {
  const load = Object.hasOwn(rows, name) ? rows[name] : undefined
  if (!load) throw new Error(`no row is called ${JSON.stringify(name)}; there are ${Object.keys(rows).join(', ')}`)
  return (await load()).row
}
