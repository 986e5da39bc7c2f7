import { audioResample } from '@anabranch/nodes-native'
import { createPythonPlugin } from '@anabranch/nodes-python'
import { AudioBuffer, definePlugin, type NodeFactory, type NodeRef } from '@anabranch/plugin-sdk'
import { createExecutor, parseManifest, Registry } from '@anabranch/runtime'
import { type Test, test } from 'tap'

/** Seconds of tones over the pass band, up to `highest` Hz, as at 48 kHz; they begin and end softly. */
function tones(seconds: number, highest: number): Float32Array {
  const length = 48_000 * seconds
  const pitches = Array.from({ length: 12 }, (_, at) => 60 * (highest / 60) ** (at / 11))
  return Float32Array.from({ length }, (_, at) => {
    const fade = Math.min(1, at / 4800, (length - 1 - at) / 4800)
    return fade * pitches.reduce((sum, hz, n) => sum + Math.sin(2 * Math.PI * hz * (at / 48_000) + n) / 12, 0)
  })
}

/** What the node of one runtime makes of the samples, in frames of 20 ms, and the media time of each frame. */
async function resampled(t: Test, hint: 'native' | 'python', samples: Float32Array, params: string) {
  const { NATS_URL: _, ...env } = process.env
  const python = createPythonPlugin({ env })
  t.teardown(() => python.close())
  const native = definePlugin({ name: 'native', apiVersion: 1, nodes: [audioResample as NodeFactory & NodeRef] })
  const manifest = parseManifest(
    `version: v1
inputs: { mic: { kind: audio } }
nodes: { out: { type: AudioResampleNode, runtime_hint: ${hint}, params: ${params}, in: { input: mic } } }`,
    { file: 'twins.yaml', env: {} },
  )
  const executor = await createExecutor(manifest, { registry: new Registry([native, python]) })
  t.teardown(() => executor.close())
  const session = await executor.open()
  const given: number[] = []
  let exact = true
  session.outputs.subscribe(({ value, envelope }) => {
    const { samples: frame, sampleRate } = value as AudioBuffer
    exact &&= envelope.pts === Math.round((given.length * 1e6) / sampleRate)
    given.push(...frame)
  })
  for (let at = 0; at < samples.length; at += 960)
    await session.send(
      { mic: new AudioBuffer(samples.slice(at, at + 960), 48_000) },
      { pts: Math.round((at * 1e6) / 48_000) },
    )
  t.match(await session.end(), { balanced: true, failed: 0 })
  t.ok(exact, `${hint}: media time is counted in samples`)
  return given
}

/** How far one is below the other, in dB of their energies. */
function difference(a: readonly number[], b: readonly number[]): number {
  let signal = 0
  let error = 0
  for (const [at, x] of a.entries()) {
    signal += x * x
    error += (x - (b[at] ?? 0)) ** 2
  }
  return 10 * Math.log10(error / signal)
}

// Both promise to be flat within 0.01 dB in the pass band of the quality, which is -58.8 dB of the signal; above it, their
// filters differ.
for (const [params, highest] of [
  ['{ output_rate: 16000 }', 0.82 * 8000],
  ['{ output_rate: 16000, quality: high }', 0.9 * 8000],
  ['{ output_rate: 16000, quality: low }', 0.64 * 8000],
  ['{ output_rate: 44100 }', 0.82 * 22_050],
] as const)
  test(`AudioResampleNode ${params}: native and Python are equal within -58 dB up to ${highest} Hz`, async (t) => {
    const samples = tones(2, highest)
    const native = await resampled(t, 'native', samples, params)
    const python = await resampled(t, 'python', samples, params)
    t.equal(python.length, native.length)
    const found = difference(native, python)
    t.comment(`${found.toFixed(1)} dB`)
    t.ok(found <= -58, `${found} dB`)
  })
