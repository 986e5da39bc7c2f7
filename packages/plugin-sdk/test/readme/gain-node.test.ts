import { clip, testNode } from '@anabranch/plugin-sdk/testing'
import t from 'tap'
import { gain } from './gain-node.ts'

testNode(t, gain, [
  { name: 'at 0 dB', inputs: [{ input: clip.sine(20) }], outputs: [{ output: clip.sine(20) }] },
  { name: 'at 6 dB', params: { db: 6 }, inputs: [{ input: clip.speech(500) }] },
])
