import { StringDecoder } from 'node:string_decoder'
import { LimitExceededError } from '@anabranch/plugin-sdk'

/** The longest line, in UTF-16 units, unless a param says otherwise. */
export const LINE_CHARS = 16 * 1024 * 1024

/**
 * The lines of a stream of bytes or text, without their ends (`\n` or `\r\n`); a last one without an end counts too, and
 * a byte order mark does not. Memory is bounded by the longest line that is allowed.
 *
 * @throws LimitExceededError naming `where` and the line
 */
export async function* linesOf(
  chunks: AsyncIterable<unknown>,
  where: string,
  most = LINE_CHARS,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let line = 1
  let first = true
  const tooLong = () =>
    new LimitExceededError(`${where}:${line} is longer than ${most} characters`, {
      limit: 'line_chars',
      fix: 'raise max_line_chars, or give it in lines',
    })
  for await (const chunk of chunks) {
    let text = typeof chunk === 'string' ? chunk : decoder.write(chunk as Buffer)
    if (first && text !== '') {
      if (text.startsWith('\uFEFF')) text = text.slice(1)
      first = false
    }
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      const whole = rest + text.slice(from, end)
      rest = ''
      from = end + 1
      if (whole.length > most) throw tooLong()
      yield whole.endsWith('\r') ? whole.slice(0, -1) : whole
      line++
    }
    rest += text.slice(from)
    if (rest.length > most) throw tooLong()
  }
  rest += decoder.end()
  if (rest !== '') yield rest
}
