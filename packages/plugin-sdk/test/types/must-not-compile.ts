// Mistakes that the compiler finds. A line that compiles after all makes the build fail: its directive is then unused.
// Not run: only compiled.
import { audio, defineNode, json, nodeOperator, number, operatorNode, text } from '@anabranch/plugin-sdk'
import { harness, marbles, testNode } from '@anabranch/plugin-sdk/testing'
import { map, of } from 'rxjs'
import { z } from 'zod'
import { chunker, gain, gate, settled } from './must-compile.ts'

const base = { type: 'X', summary: '…', inputs: { input: audio }, outputs: { output: audio } } as const

// @ts-expect-error a wrong output type
defineNode({ ...base, create: () => ({ execute: () => ({ output: 'loud' }) }) })
// @ts-expect-error an unknown output key
defineNode({ ...base, create: () => ({ execute: ({ input }) => ({ outptu: input }) }) })
// @ts-expect-error an unknown input key
defineNode({ ...base, create: () => ({ execute: ({ inptu }) => ({ output: inptu }) }) })
// @ts-expect-error a forgotten return
defineNode({ ...base, create: () => ({ execute: ({ input }) => void input.map((s) => s) }) })
// @ts-expect-error two forms at once
defineNode({ ...base, create: () => ({ execute: ({ input }) => ({ output: input }), async *stream() {} }) })
// @ts-expect-error no form at all
defineNode({ ...base, create: () => ({}) })
// @ts-expect-error a promise of several results
defineNode({ ...base, create: () => ({ execute: async ({ input }) => [{ output: input }] }) })
// @ts-expect-error a wrong result of flush
defineNode({ ...base, create: () => ({ execute: ({ input }) => ({ output: input }), flush: () => ({ output: 1 }) }) })
// @ts-expect-error a purity with a typo
defineNode({ ...base, purity: 'Pure', create: () => ({ execute: ({ input }) => ({ output: input }) }) })
// @ts-expect-error an input that is no port
defineNode({ ...base, inputs: { input: 'audio' }, create: () => ({ execute: () => ({}) }) })
// @ts-expect-error an optional output
defineNode({ ...base, outputs: { output: audio.optional() }, create: () => ({ execute: () => ({}) }) })
// @ts-expect-error a control value of another kind
number.control('1')
const lax = { ...base, inputs: { input: audio.optional() } }
// @ts-expect-error an optional input may be undefined
defineNode({ ...lax, create: () => ({ execute: ({ input }) => ({ output: input.copy() }) }) })
// @ts-expect-error a param that the schema does not have
defineNode({ ...base, params: z.object({ db: z.number() }), create: ({ gain }) => ({ execute: () => gain }) })
const segment = json(z.object({ start: z.number() }))
// @ts-expect-error data of another shape than the schema's
defineNode({ ...base, outputs: { segment }, create: () => ({ execute: () => ({ segment: { start: '0' } }) }) })

// @ts-expect-error text into an audio operator
of('hello').pipe(nodeOperator(chunker, { samples: 1 }))
// @ts-expect-error a required param is missing
nodeOperator(chunker)
// @ts-expect-error a param of another type
nodeOperator(chunker, { samples: '160' })
// @ts-expect-error an unknown param
nodeOperator(gain, { dB: 3 })
// @ts-expect-error an unknown param, asked of the node itself
gain.create({ dB: 3 })
// @ts-expect-error audio and segment are records, not bare audio
of(1).pipe(nodeOperator(gate))
// @ts-expect-error an operator of another kind than the port
operatorNode({ type: 'Y', summary: '…', input: text, output: number, operator: () => map((word: string) => word) })
// @ts-expect-error bare values are no identities
operatorNode({ type: 'Y', summary: '…', input: text, output: text, lineage: 'derived', operator: () => map((w) => w) })

// @ts-expect-error a harness wants the params too
harness(chunker)
const node = await harness(settled)
// @ts-expect-error a value of another kind
node.push({ input: 1 })
// @ts-expect-error an unknown key
node.push({ inptu: 'a' })
// @ts-expect-error marbles on a key that the node does not have
marbles(settled, { inputs: { input: 'a' }, outputs: { outptu: 'a' } })
// @ts-expect-error expected outputs of another kind
testNode({ test: () => undefined }, settled, [{ inputs: [{ input: 'a' }], outputs: [{ output: 1 }] }])
