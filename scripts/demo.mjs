// @ts-check
import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runShown } from './lib/command.mjs'
import { Problem, runMain } from './lib/problem.mjs'
import { root } from './lib/root.mjs'
import { setUp } from './lib/set-up.mjs'

const example = 'examples/captions'
const recording = join(root, example, 'data', 'two-cities-48k.wav')
const usage = `Usage: npm run demo [-- [SOUND] [--out FOLDER] [--pace realtime] [--language CODE]]

Captions for a sound file (wav, flac, mp3, ogg, m4a); without one, for the recording that comes along. A text beside the
file, of the same name and .txt, is what they are judged by.`

function read() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        pace: { type: 'string' },
        language: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (positionals.length > 1) throw new Error(`one sound file, not ${positionals.length}`)
    return { ...values, input: positionals[0] }
  } catch (error) {
    throw new Problem(/** @type {Error} */ (error).message, { fix: usage })
  }
}

/** npm runs us in the root; paths are meant from where it was called. */
const given = (/** @type {string} */ path) => shown(resolve(process.env.INIT_CWD ?? '.', path))

/** As short as it can be said from the root, where the command runs. */
function shown(/** @type {string} */ path) {
  const short = relative(root, path)
  return short.startsWith('..') ? path : short
}

await runMain(async () => {
  const { input, out, pace, language, help } = read()
  if (help) return void process.stdout.write(`${usage}\n`)
  const sound = input === undefined ? shown(recording) : given(input)
  if (!existsSync(join(root, sound)) && !existsSync(sound))
    throw new Problem(`There is no file ${sound}.`, { fix: 'Check the path.' })
  const folder = out === undefined ? `${example}/out` : given(out)
  await setUp({ typescript: [example, 'packages/cli'] })
  mkdirSync(resolve(root, folder), { recursive: true })
  const options = [
    ...['--set', `input=${sound}`, '--set', `out=${folder}`],
    ...(language === undefined ? [] : ['--set', `language=${language}`]),
    ...(pace === undefined ? [] : ['--pace', pace]),
    ...['--report', `${folder}/report.html`],
  ]
  process.stderr.write(`\n$ npx anabranch run ${example}/pipeline.yaml ${options.join(' ')}\n`)
  const code = await runShown(['packages/cli/bin/anabranch.js', 'run', `${example}/pipeline.yaml`, ...options])
  const reference = sound.replace(/\.\w+$/, '.txt')
  if (code !== 0 || reference === sound || !existsSync(resolve(root, reference))) return code
  return runShown([`${example}/.build/judge.js`, `${folder}/captions.json`, reference])
})
