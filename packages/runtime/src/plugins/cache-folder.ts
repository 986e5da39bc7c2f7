import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where what was made of files lies between runs: in the user's own folder, not in one that others may write to. */
export function cacheFolder(): string {
  // biome-ignore lint/style/noProcessEnv: where the files of this user are is said there alone
  const { ANABRANCH_CACHE: own, XDG_CACHE_HOME: all } = process.env
  return own || join(all || join(homedir(), '.cache'), 'anabranch')
}
