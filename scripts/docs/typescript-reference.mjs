// @ts-check
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../lib/command.mjs'
import { Problem } from '../lib/problem.mjs'
import { root } from '../lib/root.mjs'

const folder = join(root, 'scripts', 'docs')
const HEAD = '<!-- Generated from the doc comments by npm run docs. Do not edit. -->\n\n'
/** The list of the pages; docs/reference/README.md has it, and more. */
const INDEX = 'typescript.md'

/** @returns {Promise<Record<string, string>>} the pages of the packages in TypeScript, by path, from their built types */
export async function typescriptReferences() {
  const program = join(
    dirname(createRequire(join(folder, 'package.json')).resolve('typedoc/package.json')),
    'bin',
    'typedoc',
  )
  const out = mkdtempSync(join(tmpdir(), 'anabranch-reference-'))
  try {
    const { code, output } = await run(process.execPath, [program, '--options', 'typedoc.json', '--out', out], {
      cwd: folder,
    })
    if (code !== 0) throw new Problem(`typedoc: ${output.trim()}`, { fix: 'npm run build' })
    const pages = readdirSync(out).filter((name) => name !== INDEX)
    return Object.fromEntries(
      pages.map((name) => [`docs/reference/${name}`, `${HEAD}${readFileSync(join(out, name), 'utf8')}`]),
    )
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
