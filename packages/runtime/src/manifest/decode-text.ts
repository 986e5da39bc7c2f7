import { IssueList } from './issue-list.ts'
import { SourceText } from './source-text.ts'

const SAVE = 'save it as UTF-8 without a byte order mark'

/**
 * The text of a file. @throws ManifestError for more than `limit` bytes, and for what is no plain UTF-8: UTF-16, a
 * byte order mark, control characters.
 */
export function decodeText(name: string, given: string | Uint8Array, limit: number): SourceText {
  const size = typeof given === 'string' ? Buffer.byteLength(given) : given.byteLength
  if (size > limit)
    refuse(new SourceText(name, ''), 0, {
      code: 'ANB_LIMIT',
      message: `${size} bytes, more than ${limit}`,
      fix: 'split the pipeline with use:, or raise limits.manifest_bytes',
    })
  const source = new SourceText(name, typeof given === 'string' ? given : decoded(name, given))
  if (source.text.startsWith('\uFEFF')) refuse(source, 0, { message: 'it begins with a byte order mark', fix: SAVE })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const control = source.text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/)
  if (control >= 0) {
    const code = source.text.charCodeAt(control).toString(16).toUpperCase().padStart(4, '0')
    refuse(source, control, { message: `control character U+${code}`, fix: 'take it out; the file must be plain text' })
  }
  return source
}

function decoded(name: string, bytes: Uint8Array): string {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    refuse(new SourceText(name, ''), 0, { message: 'it is UTF-16', fix: SAVE })
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const broken = text.indexOf('�')
  if (broken >= 0 && !isUtf8(bytes))
    refuse(new SourceText(name, text), broken, { message: 'it is not UTF-8', fix: SAVE })
  return text
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function refuse(source: SourceText, offset: number, problem: { message: string; fix: string; code?: string }): never {
  const issues = new IssueList()
  issues.add(problem, { source, offset })
  issues.throwIfAny(source.name)
  throw new Error('unreachable')
}
