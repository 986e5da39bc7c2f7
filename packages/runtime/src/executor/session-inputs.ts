import { InvalidInputsError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import type { Graph } from '../graph/graph.ts'
import { kindProblem } from './kind-problem.ts'

/** Whether a session of this graph takes these inputs. @throws InvalidInputsError naming the key, the nearest one and the fix. */
export function checkInputs({ inputs: names, inputKinds }: Graph, given: Readonly<Record<string, unknown>>): void {
  if (names.length === 0)
    throw new InvalidInputsError('this pipeline has no inputs; its sources feed it', {
      fix: 'declare inputs: { name: … } in the pipeline',
    })
  for (const [key, value] of Object.entries(given)) {
    if (!names.includes(key)) {
      const [near] = nearest(key, names)
      throw new InvalidInputsError(
        `this pipeline has no input "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
        { key, fix: `use ${names.join(', ')}` },
      )
    }
    const problem = kindProblem(inputKinds.get(key) ?? 'anything', value)
    if (problem !== null)
      throw new InvalidInputsError(`input "${key}" ${problem}`, {
        key,
        fix: `send a value of kind ${inputKinds.get(key)}`,
      })
  }
}
