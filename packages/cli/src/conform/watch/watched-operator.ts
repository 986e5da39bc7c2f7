import type { NodeSpec, Values } from '@anabranch/plugin-sdk'
import { ownCopies } from '@anabranch/plugin-sdk/testing'
import { Observable, type OperatorFunction } from 'rxjs'
import type { WatchedCalls } from './watched-calls.ts'

/** An operator as it is, with an eye on what it emits, when, and what it does to its inputs. */
export function watchedOperator(
  spec: NodeSpec,
  calls: WatchedCalls,
  operator: OperatorFunction<Values, Values>,
): OperatorFunction<Values, Values> {
  return (inputs$) =>
    new Observable((to) => {
      let over = false
      let inStep = true
      const looked$ = new Observable<Values>((into) => {
        const within = (step: () => void) => {
          inStep = true
          step()
          inStep = false
        }
        return inputs$.subscribe({
          next: (given) => {
            const before = ownCopies(given)
            within(() => into.next(given))
            calls.unwritten(given, before)
          },
          error: (error: unknown) => within(() => into.error(error)),
          complete: () => within(() => into.complete()),
        })
      })
      // A plain object, not a Subscriber of RxJS: that would hide what comes after the end.
      const subscription = operator(looked$).subscribe({
        next: (outputs: Values) => {
          if (over) return calls.tell('C17', 'it emitted after its output stream had completed')
          calls.outputs(outputs)
          const asked = spec.timed === true || spec.lineage === 'derived'
          if (!inStep && spec.lineage === 'each')
            calls.tell('C36', 'lineage: each, but it emitted outside the call that gave its input')
          else if (!inStep && !asked) calls.tell('C39', 'it emitted from a timer or a promise: say timed: true')
          to.next(outputs)
        },
        error: (error: unknown) => {
          over = true
          to.error(error)
        },
        complete: () => {
          over = true
          to.complete()
        },
      })
      inStep = false
      return () => subscription?.unsubscribe()
    })
}
