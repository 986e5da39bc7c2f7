import { AudioBuffer, NodeInputs, NodeOutputs } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { thrown } from './coded.ts'

const buffer = new AudioBuffer(new Float32Array(2), 16_000)

t.test('NodeInputs shares the record it is made of', async (t) => {
  const data = { input: buffer, word: 'a', nothing: null }
  const inputs = new NodeInputs(data)
  t.equal(inputs.data, data)
  t.equal(inputs.get('word'), 'a')
  t.equal(inputs.get('nothing'), null, 'null is a value')
  t.equal(inputs.get('absent'), undefined)
  t.equal(inputs.getAudioBuffer('input'), buffer)
})

t.test('NodeOutputs.insert chains, and each has a record of its own', async (t) => {
  t.same(new NodeOutputs().insert('a', 1).insert('b', null).data, { a: 1, b: null })
  t.same(new NodeOutputs().data, {})
  t.equal(NodeOutputs.fromAudioBuffer('output', buffer).getAudioBuffer('output'), buffer)
})

t.test('getAudioBuffer names the key and what is there instead', async (t) => {
  const inputs = new NodeInputs({ word: 'a', nothing: null })
  const missing = thrown('ANB_INPUTS', () => inputs.getAudioBuffer('input'))
  t.equal(missing.key, 'input')
  t.equal(missing.message, 'there is no input "input"; present: word, nothing')
  t.match(thrown('ANB_INPUTS', () => inputs.getAudioBuffer('word')).message, 'input "word" is a string, not audio')
  t.match(thrown('ANB_INPUTS', () => inputs.getAudioBuffer('nothing')).message, 'is null')
  t.match(thrown('ANB_INPUTS', () => new NodeInputs().getAudioBuffer('x')).message, 'present: none')
})

t.test('describe says a value in two words', async (t) => {
  for (const [value, words] of [
    [null, 'null'],
    [undefined, 'nothing'],
    ['x', 'a string'],
    [1, 'a number'],
    [{}, 'a plain object'],
    [Object.create(null), 'a plain object'],
    [[], 'an Array'],
    [buffer, 'an AudioBuffer'],
    [new Float32Array(1), 'a Float32Array'],
    [() => 1, 'a function'],
  ] as const)
    t.equal(describe(value), words)
})
