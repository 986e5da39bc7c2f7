#!/usr/bin/env node
import { readFileSync } from 'node:fs'

const usage = `Usage: anabranch [--version | --help]

This version of the command only tells its own version. Pipelines run through
the Executor of @anabranch/runtime; see the README.
`

/** The exit code of a command line that the command does not understand. */
const badUsage = 2

const argument = process.argv[2]
if (argument === '--version' || argument === '-V') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  process.stdout.write(`${version}\n`)
} else if (argument === undefined || argument === '--help' || argument === '-h') {
  process.stdout.write(usage)
} else {
  process.stderr.write(`anabranch: unknown command ${JSON.stringify(argument)}; see anabranch --help\n`)
  process.exitCode = badUsage
}
