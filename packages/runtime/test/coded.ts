import { type AnabranchError, type ErrorCode, isAnabranchError } from '@anabranch/plugin-sdk'

/** What `run` throws, which must be a coded error of this code. */
export function thrown<C extends ErrorCode>(code: C, run: () => unknown): AnabranchError<C> {
  try {
    run()
  } catch (error) {
    return expectCode(code, error)
  }
  throw new Error(`nothing was thrown; expected ${code}`)
}

/** What a promise is rejected with, which must be a coded error of this code. */
export async function rejected<C extends ErrorCode>(code: C, promise: Promise<unknown>): Promise<AnabranchError<C>> {
  return promise.then(
    () => {
      throw new Error(`nothing was thrown; expected ${code}`)
    },
    (error: unknown) => expectCode(code, error),
  )
}

function expectCode<C extends ErrorCode>(code: C, error: unknown): AnabranchError<C> {
  if (isAnabranchError(error) && error.code === code) return error as AnabranchError<C>
  throw new Error(`expected ${code}, got ${error}`, { cause: error })
}
