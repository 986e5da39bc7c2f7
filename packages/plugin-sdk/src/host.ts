// What a host of nodes (a runtime, a worker, a test kit) needs beside the author's door.
export { cacheFolder } from './cache-folder.ts'
export { checkForm, checkSpec } from './check-spec.ts'
export { systemClock } from './clock.ts'
export { ERROR_TABLE } from './contract/error-table.ts'
export { FRAMES } from './contract/frames.ts'
export { LIMITS } from './contract/limits.ts'
export type { AnySchema } from './contract/node-spec.ts'
export { checkPlugin } from './define-plugin.ts'
export { type Derivation, derivationOf } from './derived.ts'
export { withNodeId } from './errors/anabranch-error.ts'
export { codedError, isErrorCode } from './errors/coded-error.ts'
export { adoptAudio, isBeingWritten, publishAudio, releaseAudio, retainAudio } from './frame/audio-lease.ts'
export { type FrameLender, framesOf, LENDER } from './frame/frame-lender.ts'
export type {
  Frame,
  FrameMetrics,
  FramePool,
  FramePoolOptions,
  FrameReport,
  LeasedFrame,
  PoolDescription,
} from './frame/frame-pool.ts'
export { handedOnAudio, isHandedOn } from './frame/handed-on-audio.ts'
export { attachPool, createPool } from './frame/pool.ts'
export { frameOf } from './frame/pooled-audio.ts'
export type { SlabDescription } from './frame/slab.ts'
export type { Follower, FollowGuide, Fusing, NextTime } from './fusing.ts'
export { nearest } from './nearest.ts'
export { nodeError } from './node-error.ts'
export { outputsOf } from './outputs-of.ts'
export { parseParams } from './parse-params.ts'
export { bodyExecutor, emissionForm, type RecordBody, recordBody } from './record-body.ts'
export { rxjs } from './rxjs.ts'
export { type StandaloneContext, standaloneContext } from './standalone-context.ts'
export { describe } from './values.ts'
