import {
  AudioBuffer,
  audio,
  defineNode,
  derived,
  type NodeContext,
  type NodeFactory,
  type NodeSpec,
} from '@anabranch/plugin-sdk'
import { bufferCount, concatMap, filter, map, mergeMap, type Observable, of, startWith, take } from 'rxjs'
import type { Planned } from '../laws/plan.ts'
import type { World } from '../laws/world.ts'

type Inputs = { readonly [key: string]: AudioBuffer | undefined }

/** What the nodes of a run may do beside their work, and whom they tell what they read. */
export interface FrameWatch {
  strike(): void
  /** Told each frame that a node reads. */
  read(node: Planned, buffer: AudioBuffer): void
}

const RATE = 16_000

/** A frame all of whose samples are `x`: whatever is read in it is one number, unless its memory is somebody else's by now. */
export function frameOfNumber(context: NodeContext, x: number): AudioBuffer {
  const frame = context.audio(8, RATE)
  frame.samples.fill(x)
  return frame
}

/** A node that reads frames, and passes them on, or slices, or new ones, in the form and manners of its kind. */
export function frameNode(node: Planned, world: World, watch: FrameWatch): NodeFactory {
  const keys = node.join === 'merge' ? ['k0'] : node.from.map((_, at) => `k${at}`)
  const seen = (inputs: Inputs): AudioBuffer[] => {
    const buffers = Object.values(inputs).filter((value) => value !== undefined)
    for (const buffer of buffers) watch.read(node, buffer)
    return buffers
  }
  /** What is made of a set: the input itself, a part, the same memory in a new buffer, or a new frame. */
  const made = (inputs: Inputs, context: NodeContext): AudioBuffer => {
    const [first] = seen(inputs) as [AudioBuffer]
    switch (node.variant % 4) {
      case 0:
        return first
      case 1:
        return first.slice(first.length > 2 ? 1 : 0, Math.max(1, first.length - 1))
      case 2:
        return new AudioBuffer(first.samples, first.sampleRate)
      default:
        void frameOfNumber(context, -1) // Never emitted: its lease ends with the call.
        return frameOfNumber(context, first.samples[0] as number)
    }
  }
  const work = (inputs: Inputs, context: NodeContext) => {
    const output = made(inputs, context)
    watch.strike()
    return { output }
  }
  const pure = ['map', 'promise', 'generator', 'asyncGenerator', 'expand', 'filter', 'retried'].includes(node.kind)
  const lineage = node.kind === 'operatorExpand' ? (node.variant % 2 === 1 ? 'each' : 'span') : LINEAGES[node.kind]
  const spec = {
    type: 'FrameNode',
    summary: 'A node of a random graph of audio.',
    inputs: Object.fromEntries(keys.map((key) => [key, node.join === 'align' ? audio.optional() : audio])),
    outputs:
      node.kind === 'sink' || node.kind === 'slowSink'
        ? {}
        : node.kind === 'split'
          ? { a: audio, b: audio }
          : { output: audio },
    ...(pure && { purity: 'pure', retrySafe: node.kind === 'retried', concurrency: node.concurrency }),
    ordered: node.ordered,
    ...(node.kind === 'chunker' && { time: 'span' }),
    ...(lineage !== undefined && { lineage }),
    timed: node.kind === 'operatorTimer' || node.kind === 'operatorDerived',
  } as NodeSpec
  let calls = 0
  const body = (): object => {
    switch (node.kind) {
      case 'filter':
        return {
          execute: (v: Inputs, c: NodeContext) =>
            (seen(v)[0]?.samples[0] as number) % 3 === 0 ? undefined : work(v, c),
        }
      case 'expand':
        return { execute: (v: Inputs, c: NodeContext) => [work(v, c), { output: made(v, c) }] }
      case 'split':
        return {
          execute: (v: Inputs, c: NodeContext) => {
            const { output } = work(v, c)
            return { a: output, b: output }
          },
        }
      case 'promise':
        return { execute: (v: Inputs, c: NodeContext) => world.later(() => work(v, c)) }
      case 'generator':
        return {
          *execute(v: Inputs, c: NodeContext) {
            yield work(v, c)
            yield { output: made(v, c) }
          },
        }
      case 'asyncGenerator':
        return {
          async *execute(v: Inputs, c: NodeContext) {
            await world.later(() => 0)
            yield work(v, c)
            await world.later(() => watch.strike())
            yield { output: made(v, c) }
          },
        }
      case 'retried':
        return {
          execute: (v: Inputs, c: NodeContext) => {
            if (++calls % 3 === 0) throw new Error('the first time')
            return node.variant % 2 === 0 ? work(v, c) : world.later(() => work(v, c))
          },
        }
      case 'tail':
        return {
          execute: work,
          flush: (c: NodeContext) => [{ output: frameOfNumber(c, 3) }, { output: frameOfNumber(c, 4) }],
        }
      case 'chunker': {
        let kept: number[] = []
        const all = (c: NodeContext) => {
          const x = kept[0] as number
          kept = []
          return { output: frameOfNumber(c, x) }
        }
        return {
          execute: (v: Inputs, c: NodeContext) => {
            kept.push(work(v, c).output.samples[0] as number)
            return kept.length > node.variant % 7 ? all(c) : undefined
          },
          flush: (c: NodeContext) => (kept.length > 0 ? all(c) : undefined),
          reset: () => {
            kept = []
          },
        }
      }
      case 'operatorMap':
        return { operator: (c: NodeContext) => map((v: Inputs) => work(v, c)) }
      case 'operatorFilter':
        return {
          operator: (c: NodeContext) => (s: Observable<Inputs>) =>
            s.pipe(
              map((v) => work(v, c)),
              filter(({ output }) => (output.samples[0] as number) % 3 !== 0),
            ),
        }
      case 'operatorExpand':
        return { operator: (c: NodeContext) => mergeMap((v: Inputs) => of(work(v, c), { output: made(v, c) })) }
      case 'operatorBatch':
        // What bufferCount keeps is read when the batch is full: long after the calls that gave it.
        return {
          operator: (c: NodeContext) => (s: Observable<Inputs>) =>
            s.pipe(
              bufferCount(10, 1),
              map((batch) => batch.map((v) => work(v, c))),
              concatMap(([first]) => (first === undefined ? [] : [first])),
            ),
        }
      case 'operatorTimer':
        return { operator: (c: NodeContext) => mergeMap((v: Inputs) => world.later(() => work(v, c)), 4) }
      case 'operatorDerived':
        return {
          operator: (c: NodeContext) =>
            mergeMap((v: Inputs) => world.later(() => derived(v, node.variant % 3 === 0 ? undefined : work(v, c)))),
        }
      case 'operatorTake':
        return {
          operator: (c: NodeContext) => (s: Observable<Inputs>) =>
            s.pipe(
              map((v) => work(v, c)),
              take(5),
            ),
        }
      case 'operatorStart':
        return {
          operator: (c: NodeContext) => (s: Observable<Inputs>) =>
            s.pipe(
              map((v) => work(v, c)),
              startWith({ output: frameOfNumber(c, 5) }),
            ),
        }
      case 'streamEach':
        return {
          async *stream(inputs: AsyncIterable<Inputs>, c: NodeContext) {
            for await (const v of inputs) yield work(v, c)
          },
        }
      case 'streamSpan':
        return {
          async *stream(inputs: AsyncIterable<Inputs>, c: NodeContext) {
            let before: Inputs | null = null
            for await (const v of inputs) {
              if (before !== null) yield work(before, c)
              before = before === null ? v : null
            }
          },
        }
      case 'sink':
        return {
          execute: (v: Inputs) => {
            seen(v)
            watch.strike()
          },
        }
      case 'slowSink':
        return {
          execute: (v: Inputs) =>
            world.later(() => {
              watch.strike()
              seen(v)
            }),
        }
      default:
        return { execute: work }
    }
  }
  return defineNode({ ...spec, create: body } as never) as unknown as NodeFactory
}

/** A source of frames, each of its own number. */
export function frameSource({ source = [], async }: Planned, world: World): NodeFactory {
  return defineNode({
    type: 'FrameSource',
    summary: 'Gives frames of its numbers.',
    outputs: { output: audio },
    create: () => ({
      source: async
        ? async function* (context) {
            for (const [pts, x] of source)
              yield await world.later(() => context.at(pts, { output: frameOfNumber(context, x) }))
          }
        : function* (context) {
            for (const [pts, x] of source) yield context.at(pts, { output: frameOfNumber(context, x) })
          },
    }),
  }) as unknown as NodeFactory
}

const LINEAGES: Partial<Record<Planned['kind'], string>> = {
  operatorMap: 'each',
  operatorFilter: 'each',
  operatorTake: 'each',
  operatorStart: 'each',
  operatorDerived: 'derived',
  streamEach: 'each',
}
