import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const DECLARATION = /\.d\.[cm]?ts$/
const RELATIVE = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\1/g

/** Relative imports of packed declarations that no packed file answers: their types would silently be `any`. */
export function lostTypes(folder: string, files: readonly string[]): string[] {
  const packed = new Set(files)
  return files.filter((file) => DECLARATION.test(file)).flatMap((file) => lostIn(folder, file, packed))
}

function lostIn(folder: string, file: string, packed: ReadonlySet<string>): string[] {
  const text = readFileSync(join(folder, file), 'utf8')
  const named = [...text.matchAll(RELATIVE)].map(([, , path]) => path as string)
  return named
    .filter((path) => !answers(posix.join(posix.dirname(file), path)).some((each) => packed.has(each)))
    .map((path) => `${file} imports "${path}", which is not packed`)
}

/** The files that a compiler looks for under Node.js's rules: `x.js` and `x.ts` have their types in `x.d.ts`. */
function answers(path: string): string[] {
  return [path, path.replace(/\.([cm]?)[jt]s$/, '.d.$1ts'), path.replace(/\.json$/, '.d.json.ts')]
}
