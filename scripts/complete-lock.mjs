// @ts-check
/**
 * Completes package-lock.json: a registry that mirrors one platform alone lets npm leave the other platforms' optional
 * packages out of the lock, and `npm ci` then refuses it everywhere. Each entry written here has the version its
 * parent pins and the platform its name tells; npm fetches it on that platform alone.
 */
import { readFileSync, writeFileSync } from 'node:fs'

/** @typedef {{ version?: string, optionalDependencies?: Record<string, string>, [key: string]: unknown }} Entry */

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'x64', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x']

/**
 * The platform that a package's name ends in, such as `@biomejs/cli-linux-x64-musl`.
 * @param {string} name
 */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = systems.find((system) => words.includes(system))
  const cpu = processors.find((processor) => words.includes(processor))
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined
  if (!os) return undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), os: [os] }
}

/**
 * @param {Record<string, Entry>} packages
 * @returns {string[]} the names that were added
 */
export function completeLock(packages) {
  const added = []
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue
      const platform = platformOf(name)
      if (!platform || !/^\d/.test(version)) continue
      packages[`node_modules/${name}`] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...platform }
      added.push(name)
    }
  }
  return added
}

if (process.argv[1] === import.meta.filename) {
  const file = new URL('../package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const added = completeLock(lock.packages)
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(sorted)
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(`package-lock.json: ${added.length} entries added\n`)
}
