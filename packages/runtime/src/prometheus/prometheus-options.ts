import { InvalidInputsError } from '@anabranch/plugin-sdk'

export interface PrometheusOptions {
  /** What every name begins with. Default `anabranch_`. */
  readonly prefix?: string
  /** On every sample, beside `pipeline`, `node`, `edge`, `reason`, `fate` and `counter`. */
  readonly labels?: Readonly<Record<string, string>>
}

export const OWN_LABELS: readonly string[] = ['pipeline', 'node', 'edge', 'reason', 'fate', 'counter', 'le']

/** The options with defaults. @throws InvalidInputsError for a prefix or a label that Prometheus does not take. */
export function checkedOptions({ prefix = 'anabranch_', labels = {} }: PrometheusOptions): Required<PrometheusOptions> {
  if (!/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(prefix))
    throw new InvalidInputsError(`"${prefix}" cannot begin the name of a metric`, {
      key: 'prefix',
      fix: 'use letters, digits and _, a letter first',
    })
  for (const name of Object.keys(labels)) {
    if (OWN_LABELS.includes(name))
      throw new InvalidInputsError(`the label "${name}" is used already`, {
        key: 'labels',
        fix: `choose a name other than ${OWN_LABELS.join(', ')}`,
      })
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
      throw new InvalidInputsError(`"${name}" is no name of a label`, {
        key: 'labels',
        fix: 'use letters, digits and _, a letter first',
      })
  }
  return { prefix, labels }
}
