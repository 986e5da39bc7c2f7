import { type AnabranchError, WorkerLostError } from '@anabranch/plugin-sdk'

/** What a node says whose worker was lost: an error of its own, since whoever meets it writes the node's id into it. */
export const lossOf = ({ message, fix }: AnabranchError): AnabranchError =>
  new WorkerLostError(message, fix === undefined ? {} : { fix })

/** What it says where the worker was lost `losses` times in a window of time. */
export function refusalOf(name: string, losses: number, windowMs: number, cause: AnabranchError): AnabranchError {
  return new WorkerLostError(
    `the Python worker of "${name}" was lost ${losses} times in ${windowMs / 1000} s and is not made anew before that time is over: ${cause.message}`,
    { retryable: false, cause, fix: 'mend what ends it: its last lines say how it ended last' },
  )
}
