import { audio, type NodeRef, text } from '@anabranch/plugin-sdk'
import { clip, testNode } from '@anabranch/plugin-sdk/testing'

/** The rules that fail, by id; `result` stands for the expected outputs. */
export async function failures(
  node: NodeRef,
  inputs: readonly object[],
  outputs?: readonly object[],
): Promise<string[]> {
  const failed: string[] = []
  const runs: Promise<void>[] = []
  const runner = {
    test(name: string, run: () => Promise<void>) {
      const id = /: (C\d+) /.exec(name)?.[1] ?? 'result'
      runs.push(run().catch(() => void failed.push(id)))
    },
  }
  testNode(runner, node, [{ inputs, ...(outputs && { outputs }) }] as never)
  await Promise.all(runs)
  return failed.sort()
}

export const head = { type: 'BadNode', summary: 'Breaks a rule.', inputs: { input: audio }, outputs: { output: audio } }
export const frames = [{ input: clip.speech(20) }, { input: clip.speech(20) }]
export const words = [{ input: 'a' }, { input: 'b' }, { input: 'c' }]
export const texts = { ...head, inputs: { input: text }, outputs: { output: text } }
