import { rxjs } from '@anabranch/plugin-sdk/host'
import type { Observable, Observer, Subscription } from 'rxjs'
import type { OutletRunner, SessionOutput } from './runners/outlet-runner.ts'

/**
 * The outputs of a session: iterating pulls with backpressure, subscribing pushes. Every reader gets every output, at
 * the pace of the slowest. Before the first reader the edges wait.
 */
export type SessionOutputs = Observable<SessionOutput> & AsyncIterable<SessionOutput>

export function sessionOutputs(outlet: OutletRunner): SessionOutputs {
  const { Observable, Subscriber } = rxjs()
  const observable = new Observable<SessionOutput>((subscriber) =>
    outlet.read({
      wants: () => true,
      take: (output) => subscriber.next(output),
      end: (error) => (error === null ? subscriber.complete() : subscriber.error(error)),
    }),
  )
  const subscribe = observable.subscribe.bind(observable) as (subscriber: object) => Subscription
  return Object.assign(observable, {
    ...readOutputs(outlet),
    subscribe: (to: Partial<Observer<SessionOutput>> | Observer<SessionOutput>['next'] = {}) =>
      to instanceof Subscriber ? subscribe(to) : push(outlet, typeof to === 'function' ? { next: to } : to),
  }) as SessionOutputs
}

/** The same by iteration alone, for which RxJS is not loaded. */
export function readOutputs(outlet: OutletRunner): AsyncIterable<SessionOutput> {
  return { [Symbol.asyncIterator]: () => pull(outlet) }
}

/**
 * One reader that is called for each output. RxJS would rethrow what its functions throw from a timer, and an error
 * that nobody handles as well, and end the process: here the first fails the session, which says it by `end()`.
 */
function push(outlet: OutletRunner, to: Partial<Observer<SessionOutput>>): Subscription {
  const guarded = (run: () => void) => {
    try {
      run()
    } catch (error) {
      outlet.log.error({ err: error }, 'a reader of the outputs threw when they ended')
    }
  }
  const stop = outlet.read({
    wants: () => true,
    take: (output) => to.next?.(output),
    end: (error) => guarded(() => (error === null ? to.complete?.() : to.error?.(error))),
  })
  return new (rxjs().Subscription)(stop)
}

/** One reader that takes an output only when it is asked for one. */
function pull(outlet: OutletRunner): AsyncIterator<SessionOutput> {
  type Asked = { resolve(result: IteratorResult<SessionOutput>): void; reject(error: Error): void }
  const asked: Asked[] = []
  let over: { readonly error: Error | null } | null = null
  const end = ({ resolve, reject }: Asked, error: Error | null) =>
    error === null ? resolve({ done: true, value: undefined }) : reject(error)
  const stop = outlet.read({
    wants: () => asked.length > 0,
    take: (output) => asked.shift()?.resolve({ done: false, value: output }),
    end: (error) => {
      over = { error }
      for (const one of asked.splice(0)) end(one, error)
    },
  })
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (over !== null) return end({ resolve, reject }, over.error)
        asked.push({ resolve, reject })
        outlet.engine.wake(outlet)
      }),
    return: async () => {
      stop()
      over ??= { error: null }
      for (const one of asked.splice(0)) end(one, null)
      return { done: true, value: undefined }
    },
  }
}
