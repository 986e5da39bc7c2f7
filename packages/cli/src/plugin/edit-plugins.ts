import { readFileSync, writeFileSync } from 'node:fs'
import { isSeq, parseDocument, YAMLSeq } from 'yaml'
import { usageError } from '../usage-error.ts'

/** Changes the list `plugins:` of a pipeline; comments and everything else stay. Gives whether it changed. */
export function editPlugins(file: string, name: string, to: 'add' | 'remove'): boolean {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(`${file} cannot be read: ${(error as Error).message}`, 'say which pipeline by --to FILE')
  }
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem !== undefined) throw usageError(`${file}: ${problem.message}`, `anabranch validate ${file}`)
  const found = document.get('plugins')
  if (found !== undefined && !isSeq(found))
    throw usageError(`${file}: plugins is no list`, `anabranch validate ${file}`)
  const list = found ?? new YAMLSeq()
  const at = list.items.findIndex((_, index) => list.get(index) === name)
  if (at >= 0 === (to === 'add')) return false
  if (to === 'add') list.add(document.createNode(name))
  else list.delete(at)
  if (found === undefined) document.set('plugins', list)
  if (list.items.length === 0) document.delete('plugins')
  writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: padded(text) }))
  return true
}

/** `{ a: 1 }` and `[ a ]`, or without spaces: as the file has it. */
const padded = (text: string) => !/\{[^\s}]/.test(text)
