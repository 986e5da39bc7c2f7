import { Observable } from 'rxjs'
import { made, type Token } from './token.ts'
import type { World } from './world.ts'

/** Emits what it has gathered, and a second output, when a timer of the driver fires. */
export function timerOperator(i: number, work: (inputs: { readonly [key: string]: unknown }) => Token, world: World) {
  return (source: Observable<{ readonly [key: string]: unknown }>) =>
    new Observable<object>((subscriber) => {
      let gathered: Token[] = []
      let armed = false
      const fire = () => {
        armed = false
        if (gathered.length === 0 || subscriber.closed) return
        const batch = gathered
        gathered = []
        subscriber.next({ output: made(i, batch) })
        subscriber.next({ output: made(i, batch, 1) })
      }
      return source.subscribe({
        next: (inputs) => {
          try {
            gathered.push(work(inputs))
          } catch (error) {
            return subscriber.error(error)
          }
          if (!armed) {
            armed = true
            void world.later(fire)
          }
        },
        complete: () => {
          fire()
          subscriber.complete()
        },
      })
    })
}
