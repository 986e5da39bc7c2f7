import { test } from 'tap'
import { ledgerOf, recording, startDemo } from './three-runtimes.ts'
import { readPlainWav } from './wav.ts'

const input = readPlainWav(recording)
/** 20 ms at 16 kHz. */
const frameLength = 320
const frames = Math.ceil(input.samples.length / frameLength)
/** As examples/three-runtimes/src/pipeline.ts says. */
const gainDb = 9
const drive = 1.5

test('the demo sends speech through three runtimes and loses none of it', async (t) => {
  const demo = startDemo(t)
  const { code } = await demo.ended
  const said = demo.stdout()

  t.equal(code, 0)
  t.equal(demo.stderr(), '')
  t.match(said, new RegExp(`✓ ${frames} frames in, ${frames} frames out`))
  t.same(ledgerOf(said), { known: frames, accepted: frames, text: `${frames} delivered, 0 in flight, balanced` })
  for (const [node, language] of [
    ['level', 'TypeScript'],
    ['gain', 'Rust'],
    ['soften', 'Python'],
  ])
    t.match(said, new RegExp(`^ +${node} +${language} .* ${frames} +${frames} `, 'm'))
  t.notMatch(said, '✗')

  t.test('the file is a wav of the length of the recording', async (t) => {
    const output = readPlainWav(demo.out)
    const size = 2 * input.samples.length
    t.match(output, {
      marks: 'RIFFWAVEfmt data',
      riffSize: 36 + size,
      format: 1,
      channels: 1,
      sampleRate: 16_000,
      byteRate: 32_000,
      blockAlign: 2,
      bits: 16,
      dataSize: size,
      fileSize: 44 + size,
    })
    t.equal(output.samples.length, input.samples.length)
  })

  t.test('its samples are tanh(drive · gain · x), rounded to 16 bits', async (t) => {
    const output = readPlainWav(demo.out)
    const factor = 10 ** (gainDb / 20)
    let worst = 0
    input.samples.forEach((sample, i) => {
      const exact = Math.min(32_767, 32_768 * Math.tanh(drive * factor * (sample / 32_768)))
      worst = Math.max(worst, Math.abs((output.samples[i] as number) - exact))
    })
    // Half a step is the rounding to 16 bits. Rust and Python compute in single precision: gain, drive and tanh round
    // four times by at most 2^-24 of a value below 2.8, tanh by two units at most; of full scale 32,768 that is 0.02.
    t.ok(worst <= 0.5 + 0.02, `the largest difference is ${worst} steps of 16 bits`)
    t.ok(Math.max(...output.samples) > 30_000, 'it is loud')
  })

  t.test('Rust and TypeScript name the same address, Python another process', async (t) => {
    t.match(said, new RegExp(`✓ Rust +${frames} of ${frames} frames came back at the address`))
    const [, address = '', before, after] = /at 0x([0-9a-f]+) it left (\S+) and found (\S+)/.exec(said) ?? []
    t.ok(Number.parseInt(address, 16) > 0)
    t.ok(Math.abs(Number(after) / Number(before) - 10 ** (gainDb / 20)) < 0.001, `${before} became ${after}`)
    const [, python, self] = /✓ Python +process (\d+), not this one \((\d+)\)/.exec(said) ?? []
    t.equal(Number(self), demo.pid)
    t.not(Number(python), demo.pid)
    const [, there, back] = /counted (\d+) kB there and (\d+) kB back/.exec(said) ?? []
    const least = (4 * input.samples.length) / 1000
    t.ok(Number(there) >= least && Number(back) >= least, `${there} kB there, ${back} kB back, of ${least}`)
  })

  t.test('a pipe gets no control characters', async (t) => {
    t.notMatch(said.replaceAll('\n', ''), /\p{Cc}/u)
  })

  t.test('nothing is left', async (t) => {
    t.same(await demo.left(), [])
  })
})

test('a reader that goes away does not stop it', async (t) => {
  const demo = startDemo(t)
  demo.closeStdout()
  t.match(await demo.ended, { code: 0 })
  t.equal(readPlainWav(demo.out).samples.length, input.samples.length)
  t.same(await demo.left(), [])
})
