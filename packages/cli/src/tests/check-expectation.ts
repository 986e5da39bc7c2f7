import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { readAudio } from '../audio/read-audio.ts'
import type { Recorded } from './stand-ins.ts'
import type { Expectation } from './test-case.ts'

/** What a case expected and did not get. */
export interface Unmet {
  readonly key: string
  readonly message: string
  readonly expected?: unknown
  readonly received?: unknown
}

/** Everything that is not as expected. */
export async function checkExpectation(
  { key, equals, matches, count, snr, within_ms }: Expectation,
  recorded: readonly Recorded[],
  folder: string,
): Promise<Unmet[]> {
  const values = recorded.map(({ value }) => value)
  const unmet: Unmet[] = []
  const n = (of: number) => `${of} value${of === 1 ? '' : 's'}`
  if (count !== undefined && values.length !== count)
    unmet.push({ key, message: `expected ${n(count)}, got ${values.length}`, expected: count, received: values.length })
  if (equals !== undefined && !isDeepStrictEqual(values, equals)) {
    const at = equals.findIndex((value, index) => !isDeepStrictEqual(value, values[index]))
    const where =
      at < 0 || at >= values.length
        ? `expected ${n(equals.length)}, got ${values.length}`
        : `value ${at + 1} is another one`
    unmet.push({ key, message: where, expected: equals, received: values.map(shown) })
  }
  if (matches !== undefined) {
    const fits = (pattern: string, at: number) => new RegExp(pattern, 'u').test(String(values[at]))
    const at = matches.findIndex((pattern, index) => index >= values.length || !fits(pattern, index))
    if (at >= 0 || values.length !== matches.length) {
      const where =
        at >= 0 && at < values.length
          ? `value ${at + 1} does not match`
          : `expected ${n(matches.length)}, got ${values.length}`
      unmet.push({ key, message: where, expected: matches, received: values.map(shown) })
    }
  }
  const last = recorded.at(-1)?.ms ?? 0
  if (within_ms !== undefined && last > within_ms)
    unmet.push({
      key,
      message: `the last value came after ${round(last)} ms`,
      expected: within_ms,
      received: round(last),
    })
  if (snr !== undefined) unmet.push(...(await checkSound(key, snr, values, folder)))
  return unmet
}

/** 10 · log10 of the power of the expected sound over that of the difference. */
async function checkSound(
  key: string,
  { to, at_least_db }: NonNullable<Expectation['snr']>,
  values: readonly unknown[],
  folder: string,
): Promise<Unmet[]> {
  const sound = values.filter((value): value is AudioBuffer => value instanceof AudioBuffer)
  if (sound.length !== values.length) return [{ key, message: 'not all of it is sound' }]
  const wanted: AudioBuffer[] = []
  for await (const frame of readAudio(createReadStream(resolve(folder, to)), { name: to, as: 'wav' }))
    wanted.push(frame)
  const [expected, received] = [joined(wanted), joined(sound)]
  const form = ({ sampleRate, channels }: AudioBuffer) => `${sampleRate} Hz, ${channels} channels`
  const forms = [wanted[0], sound[0]].map((buffer) => (buffer === undefined ? 'none' : form(buffer)))
  if (forms[0] !== forms[1])
    return [{ key, message: 'the sound has another form', expected: forms[0], received: forms[1] }]
  if (expected.length !== received.length)
    return [{ key, message: 'the sound has another length', expected: expected.length, received: received.length }]
  let power = 0
  let noise = 0
  for (let i = 0; i < expected.length; i++) {
    const sample = expected[i] as number
    power += sample * sample
    noise += (sample - (received[i] as number)) ** 2
  }
  const db = noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(power / noise)
  if (db >= at_least_db) return []
  return [{ key, message: `the signal-to-noise ratio is ${round(db)} dB`, expected: at_least_db, received: round(db) }]
}

function joined(frames: readonly AudioBuffer[]): Float32Array {
  const samples = new Float32Array(frames.reduce((sum, { samples: { length } }) => sum + length, 0))
  let at = 0
  for (const { samples: part } of frames) {
    samples.set(part, at)
    at += part.length
  }
  return samples
}

const shown = (value: unknown) => (value instanceof AudioBuffer ? `${value.length} samples` : value)
const round = (n: number) => Math.round(n * 100) / 100
