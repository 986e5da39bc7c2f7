import { test } from 'tap'

// msgpackr reads text by a native addon where there is one, else in JavaScript: every test of the codec holds for both.
process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED = 'true'

test('msgpackr works without its native addon', async (t) => {
  t.equal((await import('msgpackr')).isNativeAccelerationEnabled, false)
  await import('./codec.test.ts')
})
