import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Row } from '../row.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** ms of a whole process that runs `code`. */
function timeProcess(code: string): number {
  const start = performance.now()
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder,
    encoding: 'utf8',
  })
  const elapsed = performance.now() - start
  if (status !== 0 || stdout !== 'ok\n')
    throw new Error(`it ended with ${status} and printed ${JSON.stringify(stdout)}`)
  return elapsed
}

export const row: Row = {
  name: 'import_cost',
  about: 'importing @anabranch/runtime: a process that does − one that does not',
  unit: 'ms',
  limit: 150,
  prepare: () => ({
    ours: () =>
      timeProcess("import { createExecutor } from '@anabranch/runtime'; console.log(createExecutor ? 'ok' : 'no')") -
      timeProcess("console.log('ok')"),
    baseline: null,
  }),
}
