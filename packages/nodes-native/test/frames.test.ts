import { addon, audioResample, formatConverter, gain } from '@anabranch/nodes-native'
import { nativeError } from '@anabranch/nodes-native/door'
import { AudioBuffer, NodeInputs, type NodeOutputs } from '@anabranch/plugin-sdk'
import {
  createPool,
  type FrameLender,
  frameOf,
  LENDER,
  releaseAudio,
  standaloneContext,
} from '@anabranch/plugin-sdk/host'
import { test } from 'tap'
import { AT, CALLED, INPUT, VERB } from '#src/call-block.js'
import { run, thrown } from './run-node.ts'

const { doors, block, pools } = addon
const TWICE = 20 * Math.log10(2)
const codeOf = (call: () => unknown) => nativeError(thrown(call)).code

/** A context whose frames come from `pool`; they are given back by `end`. */
function lending(pool: FrameLender['pool']) {
  const frames: Parameters<FrameLender['made']>[0][] = []
  const lender: FrameLender = {
    pool,
    made: (buffer) => {
      frames.push(buffer)
      return buffer
    },
  }
  const context = Object.assign(standaloneContext('gain'), { [LENDER]: lender })
  const end = () => {
    for (const frame of frames.splice(0)) releaseAudio(frame)
  }
  return { context, end }
}

/** An input as a graph would lend it: written, then published to one reader. */
function published(pool: FrameLender['pool'], samples: readonly number[], readers = 1) {
  const buffer = pool.audio(samples.length, 16_000)
  buffer.samples.set(samples)
  pool.publish(frameOf(buffer)?.handle as number, readers)
  return buffer
}

test('a frame of a pool crosses by its handle, and the output is another frame of it', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const { context, end } = lending(pool)
  const input = published(pool, [0.25, -0.5])
  const node = gain.create({ db: TWICE })
  const output = run(node, input, context)
  t.same([...output.samples], [0.5, -1])
  t.same([...input.samples], [0.25, -0.5])
  t.equal(frameOf(output)?.pool, pool)
  end()
  releaseAudio(input)
  t.same(pool.report().leased, [])
  t.equal(pool.metrics.bytes_copied, 0)
  await node.cleanup?.()
  pool.close()
})

test('in place it writes over a frame that nobody else reads, and only then', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const { context, end } = lending(pool)
  const node = gain.create({ db: TWICE, in_place: true })
  const alone = published(pool, [0.25])
  const same = run(node, alone, context)
  t.equal(same, alone)
  t.same([...same.samples], [0.5])
  const common = published(pool, [0.25], 2)
  const other = run(node, common, context)
  t.not(other, common)
  t.same([...common.samples, ...other.samples], [0.25, 0.5])
  end()
  releaseAudio(alone)
  releaseAudio(common, 2)
  t.same(pool.report().leased, [])
  await node.cleanup?.()
  pool.close()
})

test('a slice of a frame is read where it lies', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const { context, end } = lending(pool)
  const input = published(pool, [1, 2, 3, 4])
  const node = gain.create({ db: TWICE })
  t.same([...run(node, input.slice(1, 3), context).samples], [4, 6])
  end()
  releaseAudio(input)
  await node.cleanup?.()
  pool.close()
})

test('a full pool costs a copy, never a wait', async (t) => {
  const pool = createPool({ bytes: 2048 })
  const { context, end } = lending(pool)
  const input = published(pool, [1])
  const node = gain.create({ db: TWICE })
  const output = run(node, input, context)
  t.same([...output.samples], [2])
  t.equal(frameOf(output), null)
  t.equal(pool.metrics.frames_unpooled, 1)
  end()
  releaseAudio(input)
  await node.cleanup?.()
  pool.close()
})

test('samples of no pool go in as a view, and the audio made of them lies in a frame', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const { context, end } = lending(pool)
  const node = formatConverter.create({})
  const input = { samples: Int16Array.of(16_384, -8192), sampleRate: 16_000, channels: 1 }
  const output = run(node, input as never, context)
  t.same([...output.samples], [0.5, -0.25])
  t.equal(frameOf(output)?.pool, pool)
  t.equal(pool.metrics.frames_unpooled, 0)
  const gained = gain.create({ db: TWICE, in_place: true })
  const theirs = new AudioBuffer(new Float32Array(new SharedArrayBuffer(8)).fill(0.25), 16_000)
  t.same([...run(gained, theirs, context).samples], [0.5, 0.5])
  t.same([...theirs.samples], [0.25, 0.25], 'memory of no pool is not written over: others may read it')
  end()
  t.same(pool.report().leased, [])
  await node.cleanup?.()
  await gained.cleanup?.()
  pool.close()
})

test('samples that are no audio leave the frame that they were written into', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const { context, end } = lending(pool)
  const input = published(pool, [0.5, -0.25, 1])
  const node = formatConverter.create({ to: 'i16' })
  const outputs = node.execute?.(new NodeInputs({ input }), context) as NodeOutputs
  t.match(outputs.get('pcm'), { samples: Int16Array.of(16_384, -8192, 32_767), sampleRate: 16_000, channels: 1 })
  t.equal(pool.metrics.bytes_copied, 8, 'six bytes, in whole floats')
  end()
  releaseAudio(input)
  t.same(pool.report().leased, [])
  await node.cleanup?.()
  pool.close()
})

test('a frame is as large as the node says after each call', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const { context, end } = lending(pool)
  const node = audioResample.create({ output_rate: 16_000 })
  const input = published(pool, new Array(960).fill(0.25))
  for (let n = 0; n < 20; n++) node.execute?.(new NodeInputs({ input }), context)
  t.equal(pool.metrics.frames_unpooled, 0)
  end()
  releaseAudio(input)
  await node.cleanup?.()
  pool.close()
})

test('Rust checks every handle of a frame itself', async (t) => {
  const pool = createPool({ bytes: 1 << 20 })
  const another = createPool({ bytes: 1 << 20 })
  const node = doors.create('GainNode', '{}')
  const stale = pool.acquire(16) as number
  pool.release(stale)
  const reader = pool.acquire(16) as number
  pool.publish(reader, 1)
  const writer = pool.acquire(16) as number
  const theirs = another.acquire(16) as number
  another.publish(theirs, 1)
  const call = (set: Partial<Record<keyof typeof AT, number>>) => {
    const right = {
      inputKind: INPUT.audio,
      inputHandle: reader,
      inputOffset: 0,
      inputSamples: 4,
      rate: 16_000,
      channels: 1,
      writable: 0,
      outputHandle: writer,
      pool: pools.numberOf(pool),
    }
    for (const [name, value] of Object.entries({ ...right, ...set })) block[AT[name as keyof typeof AT]] = value
    block[CALLED] = node
    block[AT.verb] = VERB.execute
    doors.call()
    if (block[AT.done] === 0) doors.failure()
  }
  call({})
  const wrong: readonly [string, Parameters<typeof call>[0], string][] = [
    ['an input whose lease has ended', { inputHandle: stale }, 'ANB_STALE_FRAME'],
    ['an input of another pool', { inputHandle: theirs }, 'ANB_STALE_FRAME'],
    ['an input that is being written', { inputHandle: writer }, 'ANB_STALE_FRAME'],
    ['an output that others read', { outputHandle: reader }, 'ANB_STALE_FRAME'],
    ['an output whose lease has ended', { outputHandle: stale }, 'ANB_STALE_FRAME'],
    ['an input to be written over that others read', { writable: 1, outputHandle: -1 }, 'ANB_STALE_FRAME'],
    ['no handle', { inputHandle: -1 }, 'ANB_STALE_FRAME'],
    ['half a handle', { inputHandle: 0.5 }, 'ANB_STALE_FRAME'],
    ['a handle beyond all slabs', { inputHandle: 2 ** 20 - 1 }, 'ANB_STALE_FRAME'],
    ['not a number', { inputHandle: Number.NaN }, 'ANB_STALE_FRAME'],
    ['samples beyond the slot', { inputSamples: 2 ** 20 }, 'ANB_INPUTS'],
    ['an offset beyond the slot', { inputOffset: 2048 }, 'ANB_INPUTS'],
    ['an offset before it', { inputOffset: -4 }, 'ANB_NATIVE'],
    ['an offset between samples', { inputOffset: 2 }, 'ANB_INPUTS'],
    ['a pool that is not there', { pool: 99 }, 'ANB_NATIVE'],
    ['a rate that cannot be', { rate: 4_294_967_301 }, 'ANB_AUDIO_FORMAT'],
    ['channels that cannot be', { channels: 65 }, 'ANB_AUDIO_FORMAT'],
  ]
  for (const [what, set, code] of wrong)
    t.equal(
      codeOf(() => call(set)),
      code,
      what,
    )
  call({})
  block[AT.inputKind] = INPUT.audio
  block[AT.outputHandle] = writer
  const ofThePool = pool.audioAt(writer, 4, 16_000).samples
  const inTheOutput = new Uint8Array(ofThePool.buffer, ofThePool.byteOffset, 16)
  t.equal(
    codeOf(() => doors.callInput(node, VERB.execute, inTheOutput)),
    'ANB_INPUTS',
    'an input in the output frame',
  )
  block[AT.outputHandle] = reader
  t.equal(
    codeOf(() => doors.callInput(node, VERB.execute, new Uint8Array(16))),
    'ANB_STALE_FRAME',
    'an output that others read, beside an input of no pool',
  )
  for (const slab of [
    [0, 0, 2048, 2],
    [0, 0, 100, 1],
    [0, 2000, 2048, 1],
    [99, 0, 2048, 1],
    [0, 0, 2048, -1],
  ] as const)
    t.equal(
      codeOf(() => doors.slab(slab[0], slab[1], slab[2], slab[3], new Uint8Array(2048), new Int32Array(48))),
      'ANB_NATIVE',
      `slab ${slab}`,
    )
  doors.drop(node)
  pool.close()
  another.close()
})
