import { addon } from '@anabranch/nodes-native'
import { nativeError } from '@anabranch/nodes-native/door'
import { test } from 'tap'
import { shared, thrown } from './run-node.ts'

const { doors } = addon
const gain = (params = '{}') => doors.create('GainNode', params)
const codeOf = (call: () => unknown) => nativeError(thrown(call)).code

test('Rust checks numbers itself', async (t) => {
  const handle = gain()
  const output = shared([0, 0])
  for (const rate of [0, -1, 1.9, Number.NaN, Number.POSITIVE_INFINITY, 4_294_967_301])
    t.equal(
      codeOf(() => doors.process(handle, shared([1, 2]), output, rate, 1)),
      'ANB_AUDIO_FORMAT',
      `rate ${rate}`,
    )
  for (const channels of [0, -1, 1.9, Number.NaN, 65, 65_537, 4_294_967_297, 3])
    t.equal(
      codeOf(() => doors.process(handle, shared([1, 2]), output, 16_000, channels)),
      'ANB_AUDIO_FORMAT',
      `channels ${channels}`,
    )
  t.equal(
    codeOf(() => doors.process(handle, shared([1, 2]), output, '7' as never, 1)),
    'ANB_NATIVE',
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
    codeOf(() => doors.process(handle, memory.subarray(0, 2), memory.subarray(1, 3), 16_000, 1)),
    'ANB_INPUTS',
  )
  t.same([...memory], [1, 2, 3])
  doors.drop(handle)
})

test('a node that is not in place is not lent its input for writing', async (t) => {
  const handle = gain('{"db":6}')
  const memory = shared([1])
  t.equal(
    codeOf(() => doors.process(handle, memory, memory, 16_000, 1)),
    'ANB_INPUTS',
  )
  t.same([...memory], [1])
  doors.drop(handle)
})

test('an output view that is too short, or was transferred, is refused', async (t) => {
  const handle = gain()
  const gone = new Float32Array(2)
  structuredClone(gone.buffer, { transfer: [gone.buffer] })
  for (const output of [shared([0]), gone])
    t.equal(
      codeOf(() => doors.process(handle, shared([1, 2]), output, 16_000, 1)),
      'ANB_NOT_AVAILABLE',
    )
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
      codeOf(() => doors.process(wrong, shared([1]), shared([0]), 16_000, 1)),
      'ANB_NATIVE',
      `handle ${wrong}`,
    )
  t.equal(doors.process(next, shared([1]), shared([0]), 16_000, 1), 1)
  doors.drop(next)
})

test('a view of another type is refused', async (t) => {
  const handle = gain()
  t.equal(
    codeOf(() => doors.process(handle, new Int16Array(2) as never, shared([0, 0]), 16_000, 1)),
    'ANB_NATIVE',
  )
  doors.drop(handle)
})
