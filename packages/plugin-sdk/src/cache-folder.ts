import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where what was made of files lies between runs: in the user's own folder, not in one that others may write to. `env` are
 * the variables that say so.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.ANABRANCH_CACHE) return env.ANABRANCH_CACHE
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'anabranch')
}
