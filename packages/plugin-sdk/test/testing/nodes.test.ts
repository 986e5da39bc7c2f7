import { AudioBuffer } from '@anabranch/plugin-sdk'
import { clip, testNode } from '@anabranch/plugin-sdk/testing'
import t from 'tap'
import { both, chunker, gain, later, pairs, settled, ticker } from './nodes.ts'

// Nodes of every form that keep the contract.
testNode(t, gain, [
  { params: { db: 0 }, inputs: [{ input: clip.sine(20) }], outputs: [{ output: clip.sine(20) }] },
  { name: 'stereo', inputs: [{ input: new AudioBuffer(new Float32Array(320), 48_000, 2), trim: 0.5 }] },
  { name: 'no input', inputs: [], outputs: [] },
])
testNode(t, chunker, [{ params: { samples: 160 }, inputs: [{ input: clip.sine(15) }, { input: clip.speech(15) }] }])
testNode(t, settled, [{ params: { ms: 5 }, inputs: [{ input: 'a' }, { input: 'b' }], outputs: [{ output: 'b' }] }])
testNode(t, pairs, [
  { inputs: [{ input: 'a' }, { input: 'b' }, { input: 'c' }], outputs: [{ output: 'ab' }, { output: 'c' }] },
])
testNode(t, ticker, [{ inputs: [{}, {}], outputs: [{ output: 0 }, { output: 1 }] }])
testNode(t, later, [
  { params: { ms: 50 }, inputs: [{ input: 'a' }, { input: 'b' }], outputs: [{ output: 'a' }, { output: 'b' }] },
])
testNode(t, both, [{ inputs: [{ mark: '!' }, { a: 'a', b: 'b' }], outputs: [{ output: 'ab!', first: 'a' }] }])
