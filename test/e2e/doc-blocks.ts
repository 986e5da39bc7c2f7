import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { root } from './command.ts'

/** A fenced block of a page: what is behind the fence, and what is in it. */
export interface Block {
  readonly language: string
  readonly name: string
  readonly content: string
}

/** A command of a block, and what it prints. */
export interface Step {
  readonly command: string
  readonly prints: string
}

/** The fenced blocks of a page of docs/. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  return [...text.matchAll(/^```(\w+)(?: (.+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', name = '', content = '']) => ({ language, name, content }),
  )
}

/** The commands of blocks of the language `console`. */
export function stepsOf(blocks: readonly Block[]): Step[] {
  return blocks
    .filter(({ language }) => language === 'console')
    .flatMap(({ content }) => content.split(/^\$ /m).slice(1))
    .map((step) => ({ command: step.slice(0, step.indexOf('\n')), prints: step.slice(step.indexOf('\n') + 1) }))
}

/** Writes the blocks that have a name into a folder, and gives what runs a command in it as a reader would. */
export function readerOf(t: Test, blocks: readonly Block[]): (command: string) => string {
  // Inside the repository, so that packages are found as they are where they were installed.
  const folder = mkdtempSync(join(root, 'test', '.build', 'reader-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const { name, content } of blocks)
    if (name !== '') {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
  mkdirSync(join(folder, 'bin'))
  const program = join(folder, 'bin', 'anabranch')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'packages/cli/dist/main.js')}' "$@"\n`)
  chmodSync(program, 0o755)
  // What tap tells its own would make another test runner one of its children.
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: _2, TAP: _3, ...plain } = process.env
  const env = { ...plain, NO_COLOR: '1', PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  return (command) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: folder, encoding: 'utf8', env })
    return `${stderr}${stdout}${status === 0 ? '' : `[exit code ${status}]\n`}`
  }
}
