import { z } from 'zod'
import { LONGEST_MS } from '../sleep.ts'

/** A URL of one of these schemes, without a password in it: that would show in logs. */
export const urlParam = (...schemes: readonly string[]) =>
  z
    .string()
    .max(8192)
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
      message: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    })
    .refine((text) => !URL.canParse(text) || new URL(text).password === '', {
      message: 'no password in the URL: give it under headers, from a variable of the environment',
    })

/** Headers of a request. */
export const headersParam = z
  .record(
    z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'no name of a header'),
    z
      .string()
      .max(8192)
      .regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, 'a header in one line'),
  )
  .default({})
  .describe('Headers of the request; sent to another origin after a redirect only where they are harmless.')

export const privateParam = z
  .boolean()
  .default(false)
  .describe('Whether addresses of this machine and its own network may be reached, also by redirect and by name.')

/** How a lost connection is made anew. */
export const reconnectParams = {
  max_retries: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(10)
    .describe('Connections that may fail one after the other before it gives up.'),
  base_ms: z
    .number()
    .min(1)
    .max(LONGEST_MS)
    .default(500)
    .describe('Wait before the first new connection, ms; doubled for each that follows.'),
  cap_ms: z.number().min(1).max(LONGEST_MS).default(30_000).describe('The longest of these waits, ms.'),
} as const

/** The wait before the `attempt`-th new connection, ms. */
export function backoffMs(attempt: number, { base_ms, cap_ms }: { base_ms: number; cap_ms: number }): number {
  return Math.min(cap_ms, base_ms * 2 ** Math.min(attempt - 1, 40))
}
