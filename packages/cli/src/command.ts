import { statSync } from 'node:fs'
import type { anabranch } from './anabranch.ts'

/** The command in few files, as scripts/bundle.mjs writes it, where nothing was built after that; else as it was built. */
export async function command(): Promise<typeof anabranch> {
  const bundle = new URL('../bundle/anabranch.js', import.meta.url)
  const made = changed(bundle) ?? 0
  // In packages that are installed there are no notes of the compiler.
  const built = ['../dist/.tsbuildinfo', '../../runtime/dist/.tsbuildinfo'].map((note) =>
    changed(new URL(note, import.meta.url)),
  )
  const current = built.every((at) => (at ?? 0) < made)
  const module = current ? import(bundle.href) : import('./anabranch.ts')
  return ((await module) as { readonly anabranch: typeof anabranch }).anabranch
}

const changed = (file: URL): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs
