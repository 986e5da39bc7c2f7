import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { InvalidParamsError } from '@anabranch/plugin-sdk'

export interface Options {
  readonly file: string
  readonly out: string
  readonly realtime: boolean
  readonly help: boolean
}

const FOLDER = join(import.meta.dirname, '..')

export const USAGE = `Usage: npm run three-runtimes -- [FILE] [--out FILE] [--realtime]

Sends a recording through one graph with nodes in TypeScript, Rust and Python.

  FILE         a 16 bit PCM wav file; default: seven seconds of read speech
  --out FILE   where the result goes; default: examples/three-runtimes/out/austen-soft.wav
  --realtime   at the speed of speech instead of as fast as it goes
`

/** @throws InvalidParamsError for what is no option of ours. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args)
  const [file = join(FOLDER, 'data', 'austen-16k.wav'), ...more] = positionals
  if (more.length > 0) throw new InvalidParamsError(`one FILE at a time: ${more.join(' ')} is too much`, { fix: HELP })
  return { file, ...values }
}

const HELP = '--help shows what there is'

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', default: join(FOLDER, 'out', 'austen-soft.wav') },
        realtime: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (cause) {
    const [message = ''] = (cause as Error).message.split(/[.\n]/)
    throw new InvalidParamsError(message, { cause, fix: HELP })
  }
}
