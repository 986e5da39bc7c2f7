import { anything, defineNode, definePlugin, type NodeSpec, type Plugin } from '@anabranch/plugin-sdk'
import { type Manifest, Registry, type Session } from '@anabranch/runtime'
import { gather } from '../nodes.ts'
import type { Stage } from '../scenario.ts'

// biome-ignore lint/suspicious/noExplicitAny: bodies of tests take any value
export type Any = any

/** What happened to instances, in order. */
export const told: string[] = []

/** A plugin of one node, whose code is `body`. */
export function code(body: (params: Any) => Any, spec: Partial<NodeSpec> = {}): Plugin {
  const node = defineNode({
    type: 'Edited',
    summary: 'Is edited while it runs.',
    inputs: { input: anything },
    outputs: { output: anything },
    ...spec,
    create: body,
  } as Any)
  return definePlugin({ name: 'edited', apiVersion: 1, nodes: [node as Any] })
}

/** One that says which version made an output, and when it began and ended. */
export const version = (name: string, more: (params: Any) => Any = () => ({})) =>
  code((params) => ({
    prepare: () => void told.push(`${name} prepared`),
    execute: ({ input }: Any) => ({ output: `${name}${input}` }),
    cleanup: () => void told.push(`${name} cleaned up`),
    ...more(params),
  }))

export const pipeline = {
  version: 'v1',
  inputs: { given: { kind: 'anything' } },
  nodes: { edited: { type: 'Edited', in: { input: 'given' } } },
} as unknown as Manifest

/** An open session of the pipeline, and what it gave. */
export async function running(stage: Stage, plugin: Plugin, manifest: Manifest = pipeline, options: object = {}) {
  told.length = 0
  const executor = await stage.executor(manifest as Any, { registry: new Registry([plugin]), ...options })
  const session = (await executor.open()) as Session
  const got = gather(session as Any)
  const send = (...values: unknown[]) => values.map((given) => session.send({ given } as Any))
  return { executor, session, got, send }
}
