import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { DepthGauge } from './check-depth.ts'
import type { IssueList } from './issue-list.ts'
import type { Places } from './places.ts'
import type { SourceText } from './source-text.ts'
import { treeOf } from './tree-of.ts'

export interface TreeOptions {
  readonly format: 'yaml' | 'json'
  readonly depth: number
}

/** Composing deeper than this could overflow the stack, whatever the configuration says. */
const DEEPEST = 256

/** Loaded when a file is read, so that pipelines in code do not pay for it. */
const require = createRequire(import.meta.url)

/** What to do about a syntax error, by the parser's code. */
const FIXES: Readonly<Record<string, string>> = {
  BAD_INDENT: 'indent with the same number of spaces as the lines around it',
  TAB_AS_INDENT: 'indent with spaces instead of tabs',
  MISSING_CHAR: 'close the bracket or quote, or add the missing comma or colon',
  BAD_ALIAS: 'write the value out: aliases are not allowed',
  MULTILINE_IMPLICIT_KEY: 'put the key on one line, with a colon and a space after it',
  UNEXPECTED_TOKEN: 'take it out, or quote the text',
  BLOCK_IN_FLOW: 'indent the line further, or close the bracket before it',
}

/**
 * The plain value of a YAML or JSON text, with every key and value's place; null where there is none. Everything that
 * is not plain data is an issue: aliases, tags, merge keys, directives, a second document.
 */
export function readTree(
  source: SourceText,
  { format, depth }: TreeOptions,
  places: Places,
  issues: IssueList,
): { readonly value: unknown } | null {
  const yaml = require('yaml') as typeof Yaml
  const tokens = lexed(yaml, source, Math.min(depth, DEEPEST), issues)
  if (tokens === null) return null
  const composer = new yaml.Composer({ version: '1.2', schema: 'core', uniqueKeys: false, logLevel: 'silent' })
  const [first, second] = [...composer.compose(parsed(yaml, tokens, source, issues), true, source.text.length)]
  const document = first as Yaml.Document.Parsed
  for (const [at, { code, message, pos }] of document.errors.entries()) {
    // One misplaced token makes all that follow unexpected.
    if (at > 0 && code === 'UNEXPECTED_TOKEN') continue
    const offset = Math.min(pos[0], source.text.length)
    issues.add({ message: oneLine(message), fix: fixOf(code, source, offset) }, { source, offset })
  }
  if (second !== undefined)
    issues.add(
      { message: 'there are two documents in this file', fix: 'put the second pipeline into a file of its own' },
      { source, offset: documentStart(source, second) },
    )
  const sound = document.errors.length === 0 && (format === 'yaml' || checkJson(source, issues))
  const value = treeOf(yaml, document.contents, source, places, issues)
  return sound ? { value } : null
}

function fixOf(code: string, { text }: SourceText, offset: number): string {
  if (text.startsWith('${', offset - 1) || text.startsWith('${', offset - 2)) return `quote the placeholder: '\${…}'`
  return FIXES[code] ?? 'correct the syntax here'
}

function lexed(yaml: typeof Yaml, source: SourceText, most: number, issues: IssueList): string[] | null {
  const gauge = new DepthGauge()
  const tokens: string[] = []
  for (const token of new yaml.Lexer().lex(source.text)) {
    const offset = gauge.offset
    if (gauge.next(token) > most) {
      issues.add(
        {
          code: 'ANB_LIMIT',
          message: `nested deeper than ${most}`,
          fix: 'a pipeline needs a few levels: take brackets or indentation out',
        },
        { source, offset },
      )
      return null
    }
    tokens.push(token)
  }
  return tokens
}

function* parsed(
  yaml: typeof Yaml,
  lexemes: readonly string[],
  source: SourceText,
  issues: IssueList,
): Generator<Yaml.CST.Token, void> {
  const parser = new yaml.Parser()
  // Nearly every lexeme gives no token yet: one generator less for each is felt.
  for (const lexeme of [...lexemes, null])
    for (const token of lexeme === null ? parser.end() : parser.next(lexeme)) {
      if (token.type === 'directive')
        issues.add(
          { message: `directive ${token.source}`, fix: 'take it out: the file is YAML 1.2 without tags' },
          { source, offset: token.offset },
        )
      else yield token
    }
}

function documentStart(source: SourceText, document: Yaml.Document.Parsed | Yaml.ParsedNode): number {
  const start = (document.range as readonly number[] | null | undefined)?.[0] ?? 0
  const mark = source.text.lastIndexOf('---', start)
  return mark < 0 ? start : mark
}

/** What YAML lets pass and JSON does not: comments, bare words, trailing commas. */
function checkJson(source: SourceText, issues: IssueList): boolean {
  try {
    JSON.parse(source.text)
    return true
  } catch (error) {
    const message = (error as Error).message
    const at = /position (\d+)/.exec(message)?.[1]
    const token = /token '?(.)'?[ ,]/.exec(message)?.[1]
    const offset = at !== undefined ? Number(at) : Math.max(0, token === undefined ? 0 : source.text.indexOf(token))
    issues.add(
      { message: `not JSON: ${oneLine(message)}`, fix: 'correct it, or name the file .yaml' },
      { source, offset },
    )
    return false
  }
}

function oneLine(message: string): string {
  return (message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '')
}
