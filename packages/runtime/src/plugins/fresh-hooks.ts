import type { ResolveFnOutput, ResolveHookContext } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'

/** How the query of a module begins that is imported anew. */
const MARK = '?again='

// The program of the loader's own thread: it has nothing but this to keep what it was given in.
let port: MessagePort | null = null

export function initialize(data: { readonly port: MessagePort }): void {
  port = data.port
}

/**
 * What a module that is imported anew imports by a relative path is imported anew with it, and told; packages stay the
 * ones that the process has.
 */
export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context: ResolveHookContext) => ResolveFnOutput | Promise<ResolveFnOutput>,
): Promise<ResolveFnOutput> {
  const resolved = await next(specifier, context)
  const mark = markOf(context.parentURL ?? '')
  if (mark === null || !/^(\.{0,2}\/|#|file:)/.test(specifier) || !resolved.url.startsWith('file:')) return resolved
  if (resolved.url.includes('/node_modules/') || resolved.url.includes('?')) return resolved
  port?.postMessage(fileURLToPath(resolved.url))
  return { ...resolved, url: resolved.url + mark }
}

function markOf(url: string): string | null {
  const at = url.indexOf(MARK)
  return at < 0 ? null : url.slice(at)
}
