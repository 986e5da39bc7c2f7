import { InvalidInputsError, type Value } from '@anabranch/plugin-sdk'

/** The value of a line of JSON. @throws InvalidInputsError naming `where` and the line's number, from 1 */
export function parsedLine(line: string, where: string, number: number): Value {
  try {
    return JSON.parse(line) as Value
  } catch (cause) {
    throw new InvalidInputsError(`${where}:${number} is no JSON: ${(cause as Error).message}`, {
      cause,
      key: 'output',
      fix: 'mend the line, or say on_error: skip or dead-letter',
    })
  }
}
