import { formatIssues } from '@anabranch/runtime'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { readTests } from '../tests/read-tests.ts'
import { type CaseResult, runCase } from '../tests/run-case.ts'
import { paintFor } from '../text/paint.ts'

/** Runs the cases of test files, one after the other. */
export async function testVerb(
  files: readonly string[],
  { json }: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  // All are read before the first runs: a mistake in the last is not told after minutes.
  const read = files.map((file) => ({ file, cases: readTests(file) }))
  const results: (CaseResult & { readonly file: string })[] = []
  for (const { file, cases } of read) {
    if (!json) io.stdout.write(`${file}\n`)
    for (const test of cases) {
      const result = await runCase(test, file)
      results.push({ file, ...result })
      if (!json) io.stdout.write(caseText(result, io))
    }
  }
  const failed = results.filter(({ ok }) => !ok).length
  if (json) io.stdout.write(`${JSON.stringify({ ok: failed === 0, cases: results.map(plain) })}\n`)
  else io.stdout.write(`${results.length - failed} passed, ${failed} failed\n`)
  return failed === 0 ? EXIT.ok : EXIT.unmet
}

function plain({ error, ...result }: CaseResult & { readonly file: string }) {
  const { code, message, fix } = (error ?? {}) as { code?: string; message?: string; fix?: string }
  return { ...result, ...(error !== undefined && { error: { code, message, fix } }) }
}

function caseText({ name, ok, ms, problems, error }: CaseResult, io: Io): string {
  const paint = paintFor(io.stdout, io.env)
  const lines = problems.flatMap(({ key, message, expected, received }) => [
    `      ${key}: ${message}`,
    ...(expected === undefined ? [] : [`        expected: ${JSON.stringify(expected)}`]),
    ...(received === undefined ? [] : [`        received: ${JSON.stringify(received)}`]),
  ])
  const thrown =
    error === undefined
      ? []
      : formatIssues(error)
          .split('\n')
          .map((line) => `      ${line}`)
  return [`  ${ok ? paint.green('✓') : paint.red('✗')} ${name} ${paint.dim(`${ms} ms`)}`, ...lines, ...thrown, ''].join(
    '\n',
  )
}
