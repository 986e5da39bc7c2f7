import { isAnabranchError, type Values } from '@anabranch/plugin-sdk'
import { decodeMessage } from '#src/wire/decode.js'
import { createEncoder } from '#src/wire/encode.js'
import { KIND, type Message } from '#src/wire/packet.js'

/** A message of one packet with these values. */
export const messageWith = (values: object): Message => ({
  generation: 1,
  session: 's',
  ack: 0,
  packets: [
    {
      kind: KIND.data,
      seq: 1,
      attempt: 1,
      epoch: 0,
      flags: 0,
      pts: 0,
      rest: null,
      values: values as Values,
      of: 0,
    },
  ],
})

/** Values as they arrive at the other end. */
export const carry = (values: object) => decodeMessage(createEncoder().message(messageWith(values))).packets[0]?.values

/** The bytes of a message whose values are these bytes, in hexadecimal. */
export const bytesWithValues = (values: string) =>
  Buffer.from(`950101a1730091990001010000cb0000000000000000c0${values}00`, 'hex')

/** The code that a piece of work was refused with. */
export function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return isAnabranchError(error) ? error.code : `${error}`
  }
  return 'accepted'
}
