import { writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { catalogue } from '../nodes/catalogue.ts'
import { pipelineSchema, writeSchema } from '../nodes/pipeline-schema.ts'
import { ask } from '../scaffold/ask.ts'
import { pluginNames } from '../scaffold/plugin-names.ts'
import { sineWav } from '../scaffold/sine-wav.ts'
import { writeTemplate } from '../scaffold/write-template.ts'
import { usageError } from '../usage-error.ts'
import { version } from '../version.ts'

export const LANGUAGES = ['ts', 'rust', 'python'] as const

/** Where the pipeline of the template says that its schema is. */
const SCHEMA = '.anabranch/schema.json'

export interface NewOptions {
  readonly lang?: (typeof LANGUAGES)[number]
  readonly dir?: string
  readonly yes?: boolean
  readonly json?: boolean
}

/** Makes a project that passes its own tests at once. */
export async function newVerb(what: 'plugin' | 'pipeline', name: string, options: NewOptions, io: Io): Promise<number> {
  const names = pluginNames(name)
  const words = {
    ...names,
    version: version(),
    year: String(new Date().getFullYear()),
    summary: 'Multiplies samples by a gain in dB.',
  }
  if (what === 'plugin') await freeType(names.type)
  const lang = what === 'plugin' ? await language(options, io) : undefined
  const folder = resolve(options.dir ?? (what === 'plugin' ? names.name : names.base))
  const files = writeTemplate(lang === undefined ? 'pipeline' : `plugin-${lang}`, folder, words)
  if (what === 'plugin') {
    writeFileSync(join(folder, 'example', 'input.wav'), sineWav())
    writeFileSync(join(folder, 'example', 'expected.wav'), sineWav(-6))
    files.push('example/input.wav', 'example/expected.wav')
  }
  if (what === 'pipeline') {
    // What its plugins need is not installed yet: `npm run schema` knows them later.
    writeSchema(join(folder, SCHEMA), (await pipelineSchema(join(folder, 'pipeline.yaml'), io)).schema)
    files.push(SCHEMA)
  }
  if (options.json) io.stdout.write(`${JSON.stringify({ folder, files: files.sort() })}\n`)
  else {
    const build = lang === 'rust' ? ['npm run build'] : []
    const next = lang === 'python' ? ['uv sync', 'uv run pytest'] : ['npm install', ...build, 'npm test']
    const steps = [`cd ${relative('.', folder) || '.'}`, ...next]
    io.stdout.write(
      `${files.length} files in ${relative('.', folder) || '.'}\n${steps.map((step) => `  ${step}\n`).join('')}`,
    )
  }
  return EXIT.ok
}

async function language({ lang, yes }: NewOptions, io: Io): Promise<string> {
  if (lang !== undefined) return lang
  if (yes) return 'ts'
  if (io.stderr.isTTY !== true)
    throw usageError('new plugin: which language?', `add --lang ${LANGUAGES.join(' or --lang ')}, or --yes for ts`)
  return ask(io, 'language', 'ts', LANGUAGES)
}

/** A type that comes along with the command would be there twice. */
async function freeType(type: string): Promise<void> {
  const { nodes } = await catalogue([])
  const taken = nodes.find((node) => node.type === type)
  if (taken !== undefined)
    throw usageError(`${type} is a node of ${taken.plugin} already`, 'give the plugin another name')
}
