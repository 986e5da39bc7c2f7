import { isAnabranchError } from '@anabranch/plugin-sdk'

/** An error as one line with its code and what to do; lines that a process had said before it ended follow. */
export function errorLine(error: unknown): string {
  const { message = String(error) } = error as Partial<Error>
  const [first, ...more] = message.split('\n')
  const coded = isAnabranchError(error)
  const line = `${coded ? error.code : 'error'}: ${first}`
  const fix = coded && error.fix !== undefined ? `; fix: ${error.fix}` : ''
  return [line + fix, ...more.map((text) => `  ${text}`)].join('\n')
}
