import { z } from 'zod'

const time = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'a time such as 1.2s, 500ms or 2m')
  .describe('A time of the clock of the case.')

const emitted = z.union([z.array(z.unknown()), z.record(z.string(), z.array(z.unknown()))])

const mock = z.union([
  z.strictObject({
    emit: emitted.describe('What it gives for each input set, in turn; by output key, or a list for `output`.'),
    delay_ms: z.number().min(0).optional().describe('How long each answer takes.'),
  }),
  z.strictObject({ node: z.string().describe('A file with a plugin of one node, which takes its place.') }),
])

const feed = z.union([
  z.strictObject({ audio: z.string().describe('A wav file, played at the speed at which it sounds.') }),
  z.strictObject({
    values: z.array(z.unknown()),
    every_ms: z.number().min(0).default(0).describe('Time between two values.'),
  }),
])

const expectation = z
  .strictObject({
    key: z.string().describe('`node.key`'),
    equals: z.array(z.unknown()).optional().describe('All values, in order.'),
    matches: z.array(z.string()).optional().describe('A regular expression for each text, in order.'),
    count: z.number().int().min(0).optional().describe('How many values came.'),
    snr: z
      .strictObject({ to: z.string(), at_least_db: z.number() })
      .optional()
      .describe('How near the sound is to that of a wav file.'),
    within_ms: z.number().min(0).optional().describe('When the last value came, at the latest.'),
  })
  .refine(({ key: _, ...rest }) => Object.values(rest).some((each) => each !== undefined), {
    message: 'nothing is expected of it',
  })

const testCase = z.strictObject({
  name: z.string().min(1),
  pipeline: z.string().optional(),
  set: z.record(z.string(), z.unknown()).optional(),
  profile: z.string().optional(),
  mocks: z.record(z.string(), mock).default({}),
  feed: z.record(z.string(), feed).default({}),
  interrupt_at: z.array(time).default([]),
  for: time.optional().describe('When its sources are stopped.'),
  clock: z.enum(['virtual', 'real']).default('virtual'),
  expect: z.array(expectation).default([]),
  ledger: z.literal('balanced').default('balanced'),
})

/** A file of pipeline tests. */
export const testFileSchema = z.strictObject({ cases: z.array(testCase).min(1) })

export type TestCase = z.infer<typeof testCase>
export type Mock = TestCase['mocks'][string]
export type Fed = TestCase['feed'][string]
export type Expectation = TestCase['expect'][number]
