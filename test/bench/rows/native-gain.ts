import { addon } from '@anabranch/nodes-native'
import { AT, INPUT, VERB } from '@anabranch/nodes-native/door'
import type { Row } from '../row.ts'
import { factorOf, frameLength, gainInJavaScript, gainsDb, sampleRate, timeGain } from './gain-frames.ts'

/** The loop itself and the way into Rust, without what a node is wrapped in. */
export const row: Row = {
  name: 'native_gain',
  about: 'Rust gain of 960 shared samples in place, by the addon',
  unit: 'ns/frame',
  prepare() {
    const samples = new Float32Array(new SharedArrayBuffer(frameLength * Float32Array.BYTES_PER_ELEMENT))
    const { doors, block } = addon
    const bytes = new Uint8Array(samples.buffer)
    const handles = gainsDb.map((db) => {
      const handle = doors.create('GainNode', JSON.stringify({ db, in_place: true }))
      doors.prepare(handle)
      return handle
    })
    const native = (handle: number) => () => {
      block[AT.inputKind] = INPUT.audio
      block[AT.inputSamples] = samples.length
      block[AT.rate] = sampleRate
      block[AT.channels] = 1
      doors.callViews(handle, VERB.execute, bytes, bytes)
    }
    const [louder = 0, softer = 0] = handles
    const factors = gainsDb.map(factorOf) as [number, number]
    return {
      ours: () => timeGain(samples, native(louder), native(softer)),
      baseline: {
        name: 'the same loop in JavaScript',
        sample: () =>
          timeGain(
            samples,
            () => gainInJavaScript(samples, factors[0]),
            () => gainInJavaScript(samples, factors[1]),
          ),
      },
      cleanup: () => {
        for (const handle of handles) doors.drop(handle)
      },
    }
  },
}
