import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { RowResult } from './row.ts'
import { runRow } from './row-process.ts'
import { loadRow, rows } from './rows.ts'
import { table } from './table.ts'

const usage = 'Usage: npm run bench [-- [--quick] [--json FILE] [--only ROW] …]'

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        only: { type: 'string', multiple: true },
      },
    })
    return values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`)
  }
}

function machine() {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    node: process.version,
    date: new Date().toISOString(),
  }
}

async function main(): Promise<number> {
  const { quick, json, only } = readArguments()
  const wanted = await Promise.all((only ?? Object.keys(rows)).map(loadRow))
  const results: RowResult[] = []
  let failed = 0
  for (const row of wanted) {
    process.stderr.write(`${row.name} …\n`)
    try {
      results.push(await runRow(row, quick))
    } catch (error) {
      failed += 1
      process.stderr.write(`${row.name} failed: ${(error as Error).message}\n`)
    }
  }
  process.stdout.write(`${table(results)}\n`)
  const found = machine()
  process.stdout.write(`${found.cpu}, ${found.cores} cores, Node ${found.node}${quick ? ', quick' : ''}\n`)
  if (json) writeFileSync(json, `${JSON.stringify({ machine: found, quick, rows: results }, null, 2)}\n`)
  const missed = results.filter(({ met }) => met === false)
  // Few pairs say too little to fail on a limit.
  return failed > 0 || (missed.length > 0 && !quick) ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
