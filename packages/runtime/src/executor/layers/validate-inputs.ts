import type { Values } from '@anabranch/plugin-sdk'
import type { Layer } from './layer.ts'

/** Asks the node itself whether it takes an input set, before each attempt. What it throws is never retried. */
export function validateInputs(validate: (inputs: Values) => void | Promise<void>): Layer {
  return (execute) => (inputs, context) => {
    const checked = validate(inputs)
    if (typeof (checked as Promise<void> | undefined)?.then !== 'function') return execute(inputs, context)
    return (checked as Promise<void>).then(() => execute(inputs, context))
  }
}
