import { AudioBuffer } from '@anabranch/plugin-sdk'
import { test } from 'tap'
import { Halving } from '#src/report/halving.js'
import { SoundTrack } from '#src/report/sound-track.js'

const RATE = 16_000
const sine = (hz: number, from: number, length: number) =>
  new AudioBuffer(
    Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * hz * (from + n)) / RATE)),
    RATE,
  )

test('columns along time stay bounded, and lose no peak', async (t) => {
  const most = new Halving<number>(8, Math.max)
  for (let n = 1; n <= 1000; n++) most.add(n === 777 ? 5000 : n)
  t.ok(most.columns.length <= 8)
  t.equal(Math.max(...most.columns), 5000)
  t.equal(most.columns.at(-1), 1000, 'the part at work is there too')
})

test('a sine is one bright band, at its place and level, whatever the length of the recording', async (t) => {
  for (const seconds of [1, 120]) {
    const track = new SoundTrack()
    for (let at = 0; at < seconds * RATE; at += 320) track.add(sine(2000, at, 320))
    const drawn = track.drawn()
    t.equal(drawn?.ms, 1000 * seconds)
    const { bands, columns, data, top_hz } = (drawn as NonNullable<typeof drawn>).spectrum
    t.ok(columns > 30 && columns <= 1600)
    const middle = Buffer.from(data, 'base64').subarray(bands * (columns >> 1), bands * ((columns >> 1) + 1))
    const brightest = middle.indexOf(Math.max(...middle))
    t.equal(brightest, Math.floor((2000 / top_hz) * bands), 'two kilohertz of eight: a quarter of the height')
    t.ok((middle[brightest] as number) >= 254, 'full scale is 0 dB')
    t.ok((middle[brightest + 12] as number) < 100, 'and a kilohertz above it is next to nothing')
    const peaks = new Int8Array(Buffer.from(drawn?.peaks as string, 'base64'))
    t.same([Math.min(...peaks), Math.max(...peaks)], [-127, 127])
  }
})

test('what is heard is played, until it is too long for a page', async (t) => {
  const track = new SoundTrack()
  t.equal(track.drawn(), null)
  const second = sine(440, 0, RATE)
  track.add(second)
  const wav = Buffer.from(track.drawn()?.wav as string, 'base64')
  t.equal(wav.length, 44 + 2 * RATE)
  t.equal(wav.readInt16LE(44 + 2 * 9), Math.round(32_768 * (second.samples[9] as number)))
  for (let n = 0; n < 270; n++) track.add(second)
  t.equal(track.drawn()?.wav, null)
})
