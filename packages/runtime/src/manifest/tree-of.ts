import type * as Yaml from 'yaml'
import type { IssueList } from './issue-list.ts'
import type { Places } from './places.ts'
import type { SourceText, Spot } from './source-text.ts'

/** Names that mean something else to an object. */
export const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

type Node = Yaml.ParsedNode | null | undefined

interface Context {
  readonly yaml: typeof Yaml
  readonly source: SourceText
  readonly places: Places
  readonly issues: IssueList
}

/** Plain data of a composed document; the depth was checked before. Nothing is ever looked up by an alias. */
export function treeOf(yaml: typeof Yaml, root: Node, source: SourceText, places: Places, issues: IssueList): unknown {
  return plain({ yaml, source, places, issues }, root, '')
}

function plain(context: Context, node: Node, path: string): unknown {
  const { yaml, issues } = context
  if (node === null || node === undefined) return null
  const spot = spotOf(context, node, 0)
  if (yaml.isAlias(node)) {
    issues.add({ path, message: `alias *${node.source}`, fix: 'write the value out: aliases are not allowed' }, spot)
    return null
  }
  if (node.tag !== undefined) {
    const mark = tagSpot(context, node, spot)
    const tag = /^![^\s,[\]{}]*/.exec(context.source.text.slice(mark.offset, mark.offset + 200))?.[0] ?? node.tag
    const message = `tag ${shown(tag)}`
    issues.add({ path, message, fix: 'take the tag out: a pipeline is plain data' }, mark)
    return null
  }
  if (yaml.isMap(node)) return objectOf(context, node as Yaml.YAMLMap.Parsed, path)
  if (yaml.isSeq(node)) return listOf(context, node as Yaml.YAMLSeq.Parsed, path)
  return scalarOf(context, node as Yaml.Scalar.Parsed, path, spot)
}

function objectOf(context: Context, map: Yaml.YAMLMap.Parsed, path: string): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  const { issues, places } = context
  for (const { key: node, value } of map.items) {
    const keySpot = spotOf(context, node as Node, map.range[0])
    const key = keyOf(context, node as Node, path, keySpot)
    if (key === null) continue
    const at = path === '' ? key : `${path}.${key}`
    if (Object.hasOwn(object, key)) {
      issues.add(
        { path: at, message: `"${shown(key)}" is there twice`, fix: 'rename one of them, or take it out' },
        keySpot,
      )
      continue
    }
    places.set(object, key, {
      key: keySpot,
      value: value === null ? keySpot : spotOf(context, value as Node, keySpot.offset),
    })
    object[key] = plain(context, value as Node, at)
  }
  return object
}

function keyOf({ yaml, issues }: Context, node: Node, path: string, spot: Spot): string | null {
  if (!yaml.isScalar(node) || node.value === null) {
    issues.add({ path, message: 'a key must be a name', fix: 'write name: value' }, spot)
    return null
  }
  const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
  if (key === '<<' && node.type === 'PLAIN') {
    issues.add({ path, message: 'merge key <<', fix: 'write the keys out: merge keys are not allowed' }, spot)
    return null
  }
  if (RESERVED.has(key)) {
    issues.add({ path, message: `"${key}" cannot be a key`, fix: 'choose another name' }, spot)
    return null
  }
  return key
}

function listOf(context: Context, seq: Yaml.YAMLSeq.Parsed, path: string): unknown[] {
  const list: unknown[] = []
  for (const [at, item] of seq.items.entries()) {
    const spot = spotOf(context, item as Node, seq.range[0])
    context.places.set(list, at, { key: spot, value: spot })
    list.push(plain(context, item as Node, path === '' ? String(at) : `${path}.${at}`))
  }
  return list
}

/** Numbers that others read otherwise, or that are none, are refused rather than guessed. */
function scalarOf({ issues }: Context, node: Yaml.Scalar.Parsed, path: string, spot: Spot): unknown {
  const { value, source = String(value) } = node
  if (typeof value !== 'number' && typeof value !== 'bigint') return value
  const text = shown(source)
  if (!Number.isFinite(value))
    issues.add({ path, message: `${text} is not a finite number`, fix: 'write a number, or quote it as text' }, spot)
  else if (/^[-+]?0\d/.test(source)) {
    const fix = `write ${Number(source)} for the number, or '${text}' for the text`
    issues.add({ path, message: `${text} is octal to some readers and decimal to others`, fix }, spot)
  } else if (/^[-+]?\d+$/.test(source) && isRounded(source, Number(value)))
    issues.add({ path, message: `${text} is beyond 2^53 and would be rounded`, fix: 'quote it as text' }, spot)
  return value
}

/** Whole numbers that a double does not hold as they are written. */
function isRounded(source: string, value: number): boolean {
  return !Number.isSafeInteger(value) && BigInt(value) !== BigInt(source) && String(value) !== source.replace(/^\+/, '')
}

/** Where the tag before a node was written. */
function tagSpot({ source }: Context, node: Yaml.ParsedNode, spot: Spot): Spot {
  const mark = /![^\s,[\]{}]*\s*$/.exec(source.text.slice(Math.max(0, node.range[0] - 200), node.range[0]))
  return mark === null ? spot : { source, offset: node.range[0] - mark[0].length }
}

function spotOf({ source }: Context, node: Node, otherwise: number): Spot {
  return { source, offset: node?.range?.[0] ?? otherwise }
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
