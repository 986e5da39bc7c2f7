import { PluginError } from './errors/classes.ts'
import { emissionForm } from './record-body.ts'
import { describe, type Values } from './values.ts'

/** What a promise of execute or flush gave: one record or nothing. @throws PluginError for anything else. */
export function onlyRecord(result: Values | null | undefined): Values | undefined {
  if (result === undefined || result === null) return undefined
  if (typeof result === 'object' && emissionForm(result) === 'record') return result
  throw new PluginError(`a promise gave ${describe(result)}; it may give one record or nothing`, {
    fix: 'make execute an async generator',
  })
}
