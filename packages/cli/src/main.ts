#!/usr/bin/env node
import { command } from './command.ts'
import { earlyPython } from './early-python.ts'
import { EXIT } from './exit-code.ts'

// A reader that has seen enough, as `head` has, is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

const { stdin, stdout, stderr, env } = process
const signals = {
  on: (signal: string, listener: () => void) => process.on(signal, listener),
  off: (signal: string, listener: () => void) => process.off(signal, listener),
  exit: () => process.exit(EXIT.interrupted),
}
const args = process.argv.slice(2)
const python = earlyPython(args)
const anabranch = await command()
await python
process.exitCode = await anabranch(args, { stdin, stdout, stderr, env, signals })
// Given up, code that does not listen may still be at work.
if (process.exitCode === EXIT.interrupted) process.exit()
