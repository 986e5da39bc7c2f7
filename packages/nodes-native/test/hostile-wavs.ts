/** A WAV file as it should not be, and what a careful reader does with it. */
export type HostileWav = {
  readonly name: string
  readonly bytes: Uint8Array
  /** Why, and what is special in it. */
  readonly note: string
} & (
  | { readonly expect: 'error' }
  /** `frames` of them are there to be played: the first of `hostileSamples`. */
  | { readonly expect: 'plays'; readonly frames: number }
)

/** What each of them would hold: 20 frames, mono, 16 bit, 16 kHz; frame n is 1000 (n − 10). */
export const hostileSamples: readonly number[] = Array.from({ length: 20 }, (_, n) => 1000 * (n - 10))

const u16 = (value: number) => [value & 0xff, (value >> 8) & 0xff]
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)]
const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0))

const samples = hostileSamples.flatMap((sample) => u16(sample & 0xffff))
const data = samples.length

interface Format {
  readonly tag?: number
  readonly channels?: number
  readonly rate?: number
  readonly blockAlign?: number
  readonly bits?: number
  readonly extension?: readonly number[]
}

/** A chunk with the pad that its size asks for; the size in the header can be another. */
const chunk = (id: string, body: readonly number[], size = body.length) => [
  ...ascii(id),
  ...u32(size),
  ...body,
  ...(body.length % 2 === 1 ? [0] : []),
]

const fmt = ({ tag = 1, channels = 1, rate = 16_000, blockAlign = 2, bits = 16, extension = [] }: Format = {}) =>
  chunk('fmt ', [
    ...u16(tag),
    ...u16(channels),
    ...u32(rate),
    ...u32((rate * blockAlign) >>> 0),
    ...u16(blockAlign),
    ...u16(bits),
    ...extension,
  ])

const riff = (chunks: readonly (readonly number[])[], size?: number) => {
  const body = chunks.flat()
  return Uint8Array.from([...ascii('RIFF'), ...u32(size ?? body.length + 4), ...ascii('WAVE'), ...body])
}

const whole = chunk('data', samples)
const extensible = (guid: readonly number[]) => [...u16(22), ...u16(16), ...u32(4), ...guid]
/** KSDATAFORMAT_SUBTYPE_PCM is 00000001-0000-0010-8000-00AA00389B71; this one ends in 72. */
const wrongGuid = [1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x72]
const rightGuid = [...wrongGuid.slice(0, 15), 0x71]
const unpadded = [...ascii('junk'), ...u32(7), ...ascii('1234567')]
/** The smallest JFIF header, then an end marker. */
const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 16, ...ascii('JFIF'), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9]

const refused = (name: string, bytes: Uint8Array, note: string): HostileWav => ({ name, bytes, expect: 'error', note })
const played = (name: string, bytes: Uint8Array, note: string, frames = hostileSamples.length): HostileWav => ({
  name,
  bytes,
  expect: 'plays',
  frames,
  note,
})

/**
 * Every bad WAV that the reader must survive. A directory, a FIFO and a file that may not be read are no bytes; a test
 * makes them, and all three are errors: a FIFO must be refused without opening it, since opening it waits for a writer.
 * What ffmpeg, SoX and libsndfile do with each is in fixtures/audio/hostile-wavs.json.
 */
export const hostileWavs: readonly HostileWav[] = [
  played(
    'data size 0xFFFFFFFF',
    riff([fmt(), chunk('data', samples, 0xffffffff)], 0xffffffff),
    'what a program writes that streams into a pipe and cannot come back to fill in the size; it goes to the end',
  ),
  played('data size beyond the end', riff([fmt(), chunk('data', samples, data + 1000)]), 'cut off; it goes to the end'),
  played('RIFF size 0', riff([fmt(), whole], 0), 'the size of the whole says nothing that the chunks do not say'),
  refused('blockAlign 0', riff([fmt({ blockAlign: 0 }), whole]), 'contradicts the rest; others pass over it'),
  refused(
    'blockAlign 3 for one channel of 16 bit',
    riff([fmt({ blockAlign: 3 }), whole]),
    'contradicts the rest; others pass over it',
  ),
  refused('bits 0', riff([fmt({ bits: 0 }), whole]), 'a division by zero in a careless reader'),
  refused('bits 7', riff([fmt({ bits: 7 }), whole]), 'no PCM that a common program writes; others give noise'),
  refused('channels 0', riff([fmt({ channels: 0 }), whole]), 'a division by zero in a careless reader'),
  refused(
    'channels 65535',
    riff([fmt({ channels: 65_535, blockAlign: 65_534 }), whole]),
    'over the limit of 64; the true block of 131070 bytes does not fit its field, and there is not one frame of data',
  ),
  refused('rate 0', riff([fmt({ rate: 0 }), whole]), 'below the least rate; a duration would be infinite'),
  refused('rate 4294967295', riff([fmt({ rate: 0xffffffff }), whole]), 'over the greatest rate'),
  played(
    'truncated in a sample',
    riff([fmt(), whole]).slice(0, -1),
    'the whole frames are played, the last half is no sample',
    hostileSamples.length - 1,
  ),
  refused('truncated in the fmt chunk', riff([fmt(), whole]).slice(0, 30), 'the format is not known'),
  refused('truncated after RIFF', riff([]).slice(0, 6), 'not even a header'),
  refused('empty file', new Uint8Array(0), 'no header'),
  refused('no data chunk', riff([fmt()]), 'a format without audio'),
  refused(
    'fmt after data',
    riff([whole, fmt()]),
    'a reader that streams does not know what it reads; ffmpeg goes back',
  ),
  refused('fmt missing', riff([whole]), 'the format is not known'),
  refused(
    'fmt twice, the second another',
    riff([fmt(), fmt({ channels: 2, blockAlign: 4 }), whole]),
    'nobody knows which holds',
  ),
  refused('odd chunk without pad, before fmt', riff([unpadded, fmt(), whole]), 'the next chunk is read one byte off'),
  refused('odd chunk without pad, before data', riff([fmt(), unpadded, whole]), 'the next chunk is read one byte off'),
  refused(
    'extensible with a wrong GUID',
    riff([fmt({ tag: 0xfffe, extension: extensible(wrongGuid) }), whole]),
    'not PCM, whatever the bits look like',
  ),
  played(
    'extensible with the GUID of PCM',
    riff([fmt({ tag: 0xfffe, extension: extensible(rightGuid) }), whole]),
    'nothing is wrong: shows that the case before fails for its GUID alone',
  ),
  refused('a JPEG named .wav', Uint8Array.from(jpeg), 'judged by its bytes, not by its name'),
]
