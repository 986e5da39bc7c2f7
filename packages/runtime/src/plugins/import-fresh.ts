import { randomUUID } from 'node:crypto'
import { createRequire, register } from 'node:module'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { importModule } from './import-module.ts'
import { isOfPackage, packageFolder } from './package-folder.ts'

/** What Node.js and jiti keep of modules that are no ES modules of Node.js itself. */
const { cache } = createRequire(import.meta.url)

/** What became of an import. */
export type FreshImport = {
  /** The files of the same package that it imports, at any depth; where it failed, those that it came to. */
  readonly imports: readonly string[]
} & ({ readonly module: Record<string, unknown> } | { readonly thrown: unknown })

/**
 * What a file exports as it is now, however often it was imported before; files that it imports by a relative path
 * are imported anew with it. Those before stay in memory as long as the process lives: ES modules are never given up.
 */
export async function importFresh(file: string): Promise<FreshImport> {
  const told = hooks()
  const folder = packageFolder(file)
  for (const path of Object.keys(cache)) if (isOfPackage(path, folder)) delete cache[path]
  while (receiveMessageOnPort(told) !== undefined);
  const result = await importModule(file, `?again=${randomUUID()}`).then(
    (module) => ({ module }),
    (thrown: unknown) => ({ thrown }),
  )
  const imports = new Set<string>()
  for (let next = receiveMessageOnPort(told); next !== undefined; next = receiveMessageOnPort(told))
    imports.add(next.message as string)
  for (const path of Object.keys(cache)) if (isOfPackage(path, folder)) imports.add(path)
  imports.delete(file)
  return { ...result, imports: [...imports] }
}

/** Sets the hooks of the loader up, once a process; gives the port by which they tell of imports. */
const hooks = once((): MessagePort => {
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  register(new URL('./fresh-hooks.js', import.meta.url), { data: { port: port2 }, transferList: [port2] })
  return port1
})

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
