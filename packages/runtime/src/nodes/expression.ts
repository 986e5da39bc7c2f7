import { createRequire } from 'node:module'
import { InvalidInputsError, InvalidParamsError, isAnabranchError, type NodeContext } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import type { ASTNode, Environment } from '@marcbachmann/cel-js'
import { plainResult } from './plain-result.ts'
import { linearMatch } from './regex-match.ts'

/** Characters of an expression. */
export const EXPRESSION_CHARS = 4096
/** Comprehensions (`all`, `map`, …) inside one another: each multiplies the work by the length of its list. */
const NESTED = 2
const COMPREHENSIONS = ['all', 'exists', 'exists_one', 'map', 'filter']
/** The name under which `matches` is looked up, so that it does not run on the regular expressions of JavaScript. */
const MATCHES = 'matchesInLinearTime'

/** Loaded with the first expression, synchronously, so that a wrong one is refused where the node is made. */
const load = (): typeof import('@marcbachmann/cel-js') => createRequire(import.meta.url)('@marcbachmann/cel-js')

/** Computes a value of one input. */
export type Expression = (value: unknown, context: NodeContext) => unknown

let environment: Environment | null = null

/**
 * An expression of the Common Expression Language (https://cel.dev) over one input: `value`, its `pts_ms` and its `seq`.
 * The language has no loops, no assignment and no way to code: fields are own fields of plain data, functions are those
 * of the language. Numbers of the data are doubles, and may be mixed with whole numbers of the expression.
 *
 * @param type the node type, for error texts
 * @param result the kind the expression must give, where that is known
 * @throws InvalidParamsError for an expression that does not parse, names what is not there, or is too large.
 */
export function compileExpression(type: string, text: string, result?: 'bool'): Expression {
  const refuse = (message: string, cause?: unknown) => {
    const fix = 'write an expression of the Common Expression Language, such as value.level > 0.5'
    const issue = {
      path: 'expression',
      message,
      received: describe(text),
      code: 'ANB_PARAMS',
      severity: 'error',
    } as const
    throw new InvalidParamsError(`params of ${type}: expression: ${message}`, {
      cause,
      issues: [{ ...issue, fix }],
      fix,
    })
  }
  environment ??= makeEnvironment()
  let run: ReturnType<Environment['parse']>
  try {
    const { ast } = environment.parse(text)
    const deep = prepare(ast, 0)
    if (deep > NESTED) refuse(`${deep} comprehensions inside one another; at most ${NESTED}`)
    run = environment.parse(load().serialize(ast))
  } catch (cause) {
    if (cause instanceof InvalidParamsError) throw cause
    return refuse(summaryOf(cause), cause)
  }
  const checked = run.check()
  if (!checked.valid) return refuse(summaryOf(checked.error), checked.error)
  if (result !== undefined && checked.type !== result && checked.type !== 'dyn')
    return refuse(`it gives ${checked.type}, not ${result}`)
  return (value, context) => {
    const { pts, seq } = context.envelope
    try {
      return plainResult(run({ value, pts_ms: pts / 1000, seq }))
    } catch (cause) {
      if (isAnabranchError(cause)) throw cause
      throw new InvalidInputsError(`the expression cannot be computed: ${summaryOf(cause)}`, {
        cause,
        key: 'input',
        fix: 'guard fields that may be absent by has(value.field) && …',
      })
    }
  }
}

function makeEnvironment(): Environment {
  const { Environment } = load()
  const made = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 1000, maxDepth: 32, maxListElements: 256, maxMapEntries: 256, maxCallArguments: 16 },
  })
    .registerVariable('value', 'dyn')
    .registerVariable('pts_ms', 'double')
    .registerVariable('seq', 'double')
    .registerFunction(`string.${MATCHES}(string): bool`, linearMatch)
  const operators: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  }
  for (const [sign, apply] of Object.entries(operators)) {
    const mixed = (a: unknown, b: unknown) => apply(Number(a), Number(b))
    made.registerOperator(`double ${sign} int: double`, mixed)
    made.registerOperator(`int ${sign} double: double`, mixed)
  }
  made.registerOperator('double % double: double', (a: number, b: number) => a % b)
  return made
}

/** Renames `matches`, and gives how many comprehensions lie inside one another. */
function prepare(node: ASTNode, depth: number): number {
  let inside = depth
  if (node.op === 'rcall') {
    const args = node.args as [string, ASTNode, ASTNode[]]
    if (args[0] === 'matches') args[0] = MATCHES
    if (COMPREHENSIONS.includes(args[0])) inside++
  }
  let deepest = inside
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) visit(each)
    else if (typeof part === 'object' && part !== null && 'op' in part)
      deepest = Math.max(deepest, prepare(part as ASTNode, inside))
  }
  visit(node.args)
  return deepest
}

function summaryOf(error: unknown): string {
  const { summary, message, range } = error as { summary?: string; message?: string; range?: { start: number } }
  const said = summary ?? message?.split('\n')[0] ?? String(error)
  return range === undefined ? said : `${said} (at character ${range.start + 1})`
}
