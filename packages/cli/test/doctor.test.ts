import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

interface Check {
  readonly name: string
  readonly status: string
  readonly found: string
  readonly fix?: string
}

const checks = async (PATH: string, env: Readonly<Record<string, string>> = {}) => {
  const { code, out } = await command(['doctor', '--json'], { env: { PATH, ...env } })
  const found = JSON.parse(out) as { ok: boolean; checks: Check[] }
  return { code, ok: found.ok, of: (name: string) => found.checks.find((check) => check.name === name) }
}

test('doctor: what is missing from PATH is named, each with its fix', async (t) => {
  const { of } = await checks('/nowhere')
  t.match(of('Python'), { status: /warn|fail/, found: /python3 is not on PATH/, fix: /install Python 3\.11 or newer/ })
  t.match(of('NATS server'), { status: /warn|fail/, found: /nats-server is not on PATH/, fix: /install nats-server/ })
  t.match(of('cargo'), { status: /warn|fail/, found: /cargo is not on PATH/, fix: /rustup\.rs/ })
  t.match(of('Node.js'), { status: 'ok', found: process.version })
  const { out } = await command(['doctor'], { env: { PATH: '/nowhere' } })
  t.equal(out.match(/^ {4}fix: /gm)?.length, 3)
})

test('doctor: versions of what is there, and too old a Python', async (t) => {
  const program = (says: string) => `#!/bin/sh\necho ${says}\n`
  const path = folderOf(t, { python3: program('Python 3.9.2'), 'nats-server': program('nats-server: v2.15.0') })
  for (const name of ['python3', 'nats-server']) chmodSync(path(name), 0o755)
  const { of } = await checks(dirname(path('python3')))
  t.match(of('Python'), { found: /python3 is 3\.9\.2, older than 3\.11/, fix: String })
  t.match(of('NATS server'), { status: 'ok', found: '2.15.0' })
  t.match((await checks('/nowhere', { NATS_URL: 'nats://127.0.0.1:4222' })).of('NATS server'), { status: 'ok' })
})
