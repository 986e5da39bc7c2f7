import { addon } from '@anabranch/nodes-native'
import { nativeError } from '@anabranch/nodes-native/door'
import { ERROR_TABLE } from '@anabranch/plugin-sdk/host'
import { test } from 'tap'
import { AT, INPUT, OUTPUTS, STATUS, VERB } from '#src/call-block.js'
import { bytesOf } from '#src/sample-arrays.js'
import { shared, thrown } from './run-node.ts'

const { doors, block } = addon

/** A call on views, the block filled in by hand; gives the status of the output and its samples. */
function process(handle: number, input: Float32Array, output: ArrayBufferView, rate: number, channels: number) {
  block[AT.inputKind] = INPUT.audio
  block[AT.rate] = rate
  block[AT.channels] = channels
  doors.callViews(handle, VERB.execute, bytesOf(input), output instanceof Uint8Array ? output : bytesOf(output))
  return { status: block[OUTPUTS], samples: block[OUTPUTS + 1] }
}
const gain = (params = '{}') => doors.create('GainNode', params)
const codeOf = (call: () => unknown) => nativeError(thrown(call)).code

test('Rust checks numbers itself', async (t) => {
  const handle = gain()
  const output = shared([0, 0])
  for (const rate of [0, -1, 1.9, Number.NaN, Number.POSITIVE_INFINITY, 4_294_967_301])
    t.equal(
      codeOf(() => process(handle, shared([1, 2]), output, rate, 1)),
      'ANB_AUDIO_FORMAT',
      `rate ${rate}`,
    )
  for (const channels of [0, -1, 1.9, Number.NaN, 65, 65_537, 4_294_967_297, 3])
    t.equal(
      codeOf(() => process(handle, shared([1, 2]), output, 16_000, channels)),
      'ANB_AUDIO_FORMAT',
      `channels ${channels}`,
    )
  t.same([...output], [0, 0], 'nothing was written')
  doors.drop(handle)
})

test('Rust checks params itself', async (t) => {
  for (const params of ['{"db":61}', '{"db":"7"}', '{"dB":7}', '{"db":null}', 'not json', ''])
    t.equal(
      codeOf(() => gain(params)),
      'ANB_PARAMS',
      params,
    )
  t.equal(
    codeOf(() => doors.create('GianNode', '{}')),
    'ANB_NODE_NOT_FOUND',
  )
})

test('views that touch without being the same are refused', async (t) => {
  const handle = gain('{"in_place":true}')
  const memory = shared([1, 2, 3])
  t.equal(
    codeOf(() => process(handle, memory.subarray(0, 2), memory.subarray(1, 3), 16_000, 1)),
    'ANB_INPUTS',
  )
  t.same([...memory], [1, 2, 3])
  doors.drop(handle)
})

test('a node that is not in place is not lent its input for writing', async (t) => {
  const handle = gain('{"db":6}')
  const memory = shared([1])
  t.equal(
    codeOf(() => process(handle, memory, memory, 16_000, 1)),
    'ANB_INPUTS',
  )
  t.same([...memory], [1])
  doors.drop(handle)
})

test('an output that does not fit its view, or whose view was transferred, comes in memory of its own', async (t) => {
  const handle = gain()
  const gone = new Uint8Array(8)
  structuredClone(gone.buffer, { transfer: [gone.buffer] })
  for (const output of [shared([0]), gone]) {
    t.same(process(handle, shared([1, 2]), output, 16_000, 1), { status: STATUS.left, samples: 2 })
    t.equal(block[AT.unpooled], 1, 'and that is counted')
    t.same([...new Float32Array(doors.left(0, 'output').buffer)], [1, 2])
    t.equal(
      codeOf(() => doors.left(0, 'output')),
      'ANB_NATIVE',
      'it is fetched once',
    )
  }
  doors.drop(handle)
})

test('only the handle of a living node names it', async (t) => {
  const handle = gain()
  doors.drop(handle)
  t.equal(
    codeOf(() => doors.drop(handle)),
    'ANB_NATIVE',
    'a second drop',
  )
  const next = gain()
  t.not(next, handle, 'the slot is used again under another handle')
  for (const wrong of [handle, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, next + 1])
    t.equal(
      codeOf(() => process(wrong, shared([1]), shared([0]), 16_000, 1)),
      'ANB_NATIVE',
      `handle ${wrong}`,
    )
  t.same(process(next, shared([1]), shared([0]), 16_000, 1), { status: STATUS.inOutput, samples: 1 })
  doors.drop(next)
})

test('a view of another type or alignment is refused', async (t) => {
  const handle = gain()
  for (const wrong of [new Int16Array(2), [1, 2], null])
    t.equal(
      codeOf(() => doors.callViews(handle, VERB.execute, wrong as never, new Uint8Array(8))),
      'ANB_NATIVE',
    )
  block[AT.inputKind] = INPUT.audio
  for (const [from, to] of [
    [1, 5],
    [0, 3],
  ])
    t.equal(
      codeOf(() => doors.callViews(handle, VERB.execute, new Uint8Array(8).subarray(from, to), new Uint8Array(8))),
      'ANB_INPUTS',
    )
  doors.drop(handle)
})

test('numbers of a call that cannot be are refused', async (t) => {
  const handle = gain()
  for (const verb of [-1, 4, 0.5, Number.NaN])
    t.equal(
      codeOf(() => doors.callViews(handle, verb, new Uint8Array(8), new Uint8Array(8))),
      'ANB_NATIVE',
      `verb ${verb}`,
    )
  for (const kind of [3, 0.5]) {
    block[AT.inputKind] = kind
    t.equal(
      codeOf(() => doors.callViews(handle, VERB.execute, new Uint8Array(8), new Uint8Array(8))),
      'ANB_INPUTS',
      `kind ${kind}`,
    )
  }
  block[AT.inputKind] = INPUT.pcm
  for (const dtype of [5, -1, Number.NaN]) {
    block[AT.dtype] = dtype
    t.ok(
      /ANB_(AUDIO_FORMAT|NATIVE)/.test(codeOf(() => doors.callViews(handle, 0, new Uint8Array(8), new Uint8Array(8)))),
    )
  }
  block[AT.inputKind] = INPUT.nothing
  t.equal(
    codeOf(() => doors.callViews(handle, VERB.execute, new Uint8Array(8), new Uint8Array(8))),
    'ANB_INPUTS',
    'execute without an input',
  )
  t.equal(
    codeOf(() => doors.callViews(handle, VERB.produce, new Uint8Array(0), new Uint8Array(8))),
    'ANB_PLUGIN',
    'it is no source',
  )
  doors.drop(handle)
})

test('whatever code of the contract a door says is the code of the error', async (t) => {
  // As the crate writes it (door_error.rs): no node of the addon says all of them.
  for (const code of Object.keys(ERROR_TABLE)) {
    const said = Object.assign(new Error(JSON.stringify({ message: 'no more', fix: 'wait' })), { code })
    t.match(nativeError(said), { code, message: 'no more', fix: 'wait' })
  }
  const refused = Object.assign(new Error('expected a number'), { code: 'NumberExpected' })
  t.match(nativeError(refused), { code: 'ANB_NATIVE', cause: refused })
})
