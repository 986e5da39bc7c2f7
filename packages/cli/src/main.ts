#!/usr/bin/env node
import { anabranch } from './anabranch.ts'

// A reader that has seen enough, as `head` has, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const { stdin, stdout, stderr, env } = process
process.exitCode = await anabranch(process.argv.slice(2), { stdin, stdout, stderr, env })
