import { AudioBuffer, type Format, type NodeContext, type NodeSpec, type Values } from '@anabranch/plugin-sdk'
import { describe, emissionForm } from '@anabranch/plugin-sdk/host'
import { fits, ownCopies, sameOutputs } from '@anabranch/plugin-sdk/testing'
import { observe } from './observation.ts'
import { type WorkMoment, WorkTime } from './work-time.ts'

/** How long an interrupted execution may go on, and what the looking on adds to it. */
const STOP_MS = 50
const SLACK_MS = 25

/** One for all nodes of this thread. */
const time = new WorkTime()

type Step = IteratorResult<Values | undefined>

/** The calls of one node: what goes in, what comes out, and how long each goes on after an abort. */
export class WatchedCalls {
  readonly #spec: NodeSpec
  readonly #where: () => string | undefined
  readonly #hosted: boolean
  readonly #open = new Set<{ readonly abortedAt: WorkMoment | null }>()

  /**
   * @param where its code is, as file:line
   * @param hosted whether its host gives what it gives, in a form of its own: a promise may lead to several records then
   */
  constructor(spec: NodeSpec, where: () => string | undefined, hosted: boolean) {
    this.#spec = spec
    this.#where = where
    this.#hosted = hosted
  }

  tell(rule: string, message: string): void {
    const at = this.#where()
    observe({ type: this.#spec.type, rule, message, ...(at !== undefined && { at }) })
  }

  /** What is left after the end; `at` is where it was made. */
  left(message: string, at = this.#where()): void {
    observe({ type: this.#spec.type, rule: 'C71', message, ...(at !== undefined && { at }) })
  }

  /** One call of `execute`, or of `flush` where there are no inputs. */
  call(inputs: Values | null, context: NodeContext, run: () => unknown): unknown {
    const before = inputs === null ? null : ownCopies(inputs)
    const { signal } = context
    const open: { abortedAt: WorkMoment | null } = { abortedAt: null }
    this.#open.add(open)
    const aborted = () => {
      open.abortedAt = time.now()
    }
    signal.addEventListener('abort', aborted, { once: true })
    const settled = () => {
      if (!this.#open.delete(open)) return
      signal.removeEventListener('abort', aborted)
      if (inputs !== null && before !== null) this.unwritten(inputs, before)
      const late = open.abortedAt === null ? 0 : time.since(open.abortedAt)
      if (late > STOP_MS + SLACK_MS)
        this.tell('C46', `it worked on for ${Math.round(late)} ms after its signal aborted; ${STOP_MS} are allowed`)
    }
    return this.#followed(run, settled)
  }

  /** Calls that were told to stop and still go on. */
  ended(): void {
    const deaf = [...this.#open].filter(({ abortedAt }) => abortedAt !== null)
    if (deaf.length > 0)
      this.tell('C46', `${deaf.length} of its calls still went on at its end, long after their abort`)
  }

  unwritten(inputs: Values, before: Values): void {
    for (const [key, was] of Object.entries(before)) {
      let same = true
      try {
        same = sameOutputs({ [key]: inputs[key] }, { [key]: was })
      } catch {
        // A frame that is gone already: nobody can tell.
      }
      if (!same) this.tell('C25', `it wrote to its input "${key}"`)
    }
  }

  /** Undeclared keys and other kinds. */
  outputs(record: Values | undefined): void {
    const { outputs = {} } = this.#spec
    for (const [key, value] of Object.entries(record ?? {})) {
      if (value === undefined) continue
      const port = outputs[key]
      const declared = Object.keys(outputs).join(', ') || 'none'
      if (port === undefined) this.tell('C6', `it gave the undeclared key "${key}"; declared: ${declared}`)
      else if (!fits(port, value)) this.tell('C7', `"${key}" is ${describe(value)}, not of the kind ${port.kind}`)
      else if (value instanceof AudioBuffer) this.#format(key, value, port.format)
    }
  }

  #format(key: string, { sampleRate, channels }: AudioBuffer, format: Format = {}): void {
    const rates = [format.sampleRate ?? sampleRate].flat()
    if (rates.includes(sampleRate) && (format.channels ?? channels) === channels) return
    const declared = `${rates.join(' or ')} Hz and ${format.channels ?? channels} channels`
    this.tell('C7', `"${key}" has ${sampleRate} Hz and ${channels} channels; its port declares ${declared}`)
  }

  #followed(run: () => unknown, settled: () => void): unknown {
    let result: unknown
    try {
      result = run()
    } catch (error) {
      settled()
      throw error
    }
    if (typeof result !== 'object' || result === null) {
      settled()
      return result
    }
    const form = emissionForm(result)
    if (form === 'promise')
      return (result as Promise<Values | undefined>).then(
        (record) => {
          const several = typeof record === 'object' && record !== null ? emissionForm(record) : 'record'
          if (this.#hosted && several !== 'record') return this.#iterable(record as never, several, settled)
          settled()
          this.#resolved(record)
          return record
        },
        (error: unknown) => {
          settled()
          throw error
        },
      )
    if (form === 'record') {
      settled()
      this.outputs(result as Values)
      return result
    }
    return this.#iterable(result as Iterable<Values> & AsyncIterable<Values>, form, settled)
  }

  #resolved(record: Values | undefined): void {
    if (typeof record !== 'object' || record === null) return
    if (emissionForm(record) !== 'record')
      return this.tell('C14', 'it gave a promise of several records; give an async iterable')
    this.outputs(record)
  }

  /** The same outputs, each looked at when it is pulled. */
  #iterable(given: Iterable<Values> & AsyncIterable<Values>, form: string, settled: () => void): unknown {
    const steps = (form === 'iterable' ? given[Symbol.iterator]() : given[Symbol.asyncIterator]()) as Iterator<Values>
    const seen = (step: Step): Step => {
      if (step.done !== true) this.outputs(step.value)
      else {
        settled()
        if (step.value !== undefined && step.value !== null)
          this.tell('C17', 'it gave an output together with its end, which nobody takes: yield it')
      }
      return step
    }
    const failed = (error: unknown): never => {
      settled()
      throw error
    }
    const looked = (take: () => Step | Promise<Step>): Step | Promise<Step> => {
      try {
        const step = take()
        return step instanceof Promise ? step.then(seen, failed) : seen(step)
      } catch (error) {
        return failed(error)
      }
    }
    const left = (value: unknown): Step | Promise<Step> => {
      const done = steps.return?.(value as never) as Step | Promise<Step> | undefined
      if (done instanceof Promise) return done.finally(settled)
      settled()
      return done ?? { done: true, value: undefined }
    }
    const iterator = { next: () => looked(() => steps.next() as Step | Promise<Step>), return: left }
    return form === 'iterable'
      ? { [Symbol.iterator]: () => iterator }
      : { [Symbol.asyncIterator]: () => ({ next: async () => iterator.next(), return: async (v: unknown) => left(v) }) }
  }
}
