import { Packr } from 'msgpackr'

/**
 * msgpackr without the forms that are its own. Extensions are registered for the whole process, by whoever likes to:
 * so it is given nothing, to write or to read, for which it would look one up.
 */
export const createMsgpack = (): Packr =>
  new Packr({
    useRecords: false,
    // Objects would lose a key named __proto__, and write keys that they inherit.
    mapsAsObjects: false,
    // A number from -2^53 to 2^53, beyond that a bigint; its types do not know the word.
    int64AsType: 'auto' as 'bigint',
  })

/** What `createMsgpack` writes and reads without any extension. `undefined` leaves a gap of three bytes, d4 00 00. */
export type Plain = null | undefined | boolean | number | string | Plain[] | Map<string, Plain>

/** The length of a gap. */
export const GAP = 3
