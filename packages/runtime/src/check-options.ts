import { InvalidInputsError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'

/** Every option of `T`, so that the compiler tells of one that is forgotten. */
export type OptionsOf<T> = { readonly [K in keyof Required<T>]: true }

/**
 * Refuses an option that nobody would read: a typo must not be taken for the default.
 *
 * @throws InvalidInputsError naming the call, the option, the nearest one and the fix.
 */
export function checkOptions<T extends object>(call: string, given: T, known: OptionsOf<T>): void {
  for (const name in given) if (!Object.hasOwn(known, name)) throw unknownOption(call, name, Object.keys(known))
}

function unknownOption(call: string, name: string, names: readonly string[]): Error {
  const [near] = nearest(name, names)
  return new InvalidInputsError(
    `${call} has no option "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    { key: name, fix: near === undefined ? `use ${names.join(', ')}` : `write "${near}"` },
  )
}
