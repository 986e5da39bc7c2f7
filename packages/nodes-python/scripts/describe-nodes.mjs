#!/usr/bin/env node
// @ts-check
/** Writes descriptions.json: what TypeScript knows of the built-in Python nodes without starting Python. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const python = join(root, 'python', '.venv', 'bin', 'python')
const described = execFileSync(python, ['-m', 'anabranch', 'describe', '--module', 'anabranch_nodes'], {
  encoding: 'utf8',
})
writeFileSync(join(root, 'descriptions.json'), `${JSON.stringify(JSON.parse(described).nodes, null, 2)}\n`)
