import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type AudioBuffer, InvalidParamsError } from '@anabranch/plugin-sdk'

const HEADER_BYTES = 44

/** Writes a 16 bit wav file as the audio comes. It appears under its name when it is finished, whole or not at all. */
export class WavWriter {
  readonly path: string
  #file: FileHandle | undefined
  #bytes = 0
  #form = { sampleRate: 0, channels: 0 }

  constructor(path: string) {
    this.path = path
  }

  async open(): Promise<void> {
    // One level alone: more would hide a mistyped path.
    await mkdir(dirname(this.path)).catch(() => undefined)
    this.#file = await open(this.#partial, 'w').catch((cause: NodeJS.ErrnoException) => {
      const fix = 'name a file in a folder that is there'
      throw new InvalidParamsError(`cannot write ${this.path}: ${cause.code}`, { cause, fix })
    })
  }

  async write({ samples, sampleRate, channels }: AudioBuffer): Promise<void> {
    this.#form = { sampleRate, channels }
    const bytes = Buffer.alloc(2 * samples.length)
    samples.forEach((sample, i) => {
      // Full scale is 32,768, one more than 16 bits hold above zero.
      bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), 2 * i)
    })
    await this.#file?.write(bytes, 0, bytes.length, HEADER_BYTES + this.#bytes)
    this.#bytes += bytes.length
  }

  /** Completes the file; where nothing was written there is none. Further calls do nothing. */
  async finish(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (file === undefined) return
    try {
      await file.write(header(this.#bytes, this.#form), 0, HEADER_BYTES, 0)
    } finally {
      await file.close()
      if (this.#bytes === 0) await rm(this.#partial)
    }
    if (this.#bytes > 0) await rename(this.#partial, this.path)
  }

  get #partial(): string {
    return `${this.path}.part`
  }
}

function header(bytes: number, { sampleRate, channels }: { sampleRate: number; channels: number }): Buffer {
  const head = Buffer.alloc(HEADER_BYTES)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(2 * channels * sampleRate, 28)
  head.writeUInt16LE(2 * channels, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(bytes, 40)
  return head
}
