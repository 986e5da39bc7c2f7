import { addon, gain } from '@anabranch/nodes-native'
import { nativeNode } from '@anabranch/nodes-native/door'
import { AudioBuffer, NativeError } from '@anabranch/plugin-sdk'
import { test } from 'tap'
import { run, shared, thrown } from './run-node.ts'

test('a panic is an error with file and line, and the process goes on', async (t) => {
  const frame = new AudioBuffer(shared([1]), 16_000)
  const broken = nativeNode(addon, 'PanicNode').create({ after: 1 })
  const healthy = gain.create()
  t.equal(run(broken, frame), frame, 'the first frame is passed on')
  const panic = thrown(() => run(broken, frame))
  t.ok(panic instanceof NativeError)
  t.match(panic, {
    code: 'ANB_NATIVE',
    retryable: false,
    location: /panic_node\.rs:\d+$/,
    message: /^PanicNode panicked at/,
  })
  t.match(
    thrown(() => run(broken, frame)),
    { code: 'ANB_NATIVE', message: /out of service since PanicNode panicked/ },
  )
  t.same([...run(healthy, frame).samples], [1], 'another node still works')
  await broken.cleanup?.()
  await healthy.cleanup?.()
})
