import { derived } from '@anabranch/plugin-sdk'
import { derivationOf } from '@anabranch/plugin-sdk/host'
import t from 'tap'

t.test('derived: says which sets an emission is made of, seen by hosts alone', async (t) => {
  const a = { input: 1 }
  const b = { input: 2 }
  const outputs = derived([a, b], { output: 3 })
  t.same(outputs, { output: 3 })
  t.same(Object.keys(outputs), ['output'])
  t.same(derivationOf(outputs), { inputs: [a, b], more: false, empty: false })
  t.equal(derivationOf(outputs)?.inputs[0], a, 'the record objects themselves')
})

t.test('derived: one input, more to come, nothing at all', async (t) => {
  const a = { input: 1 }
  t.same(derivationOf(derived(a, { output: 1 }, { more: true })), { inputs: [a], more: true, empty: false })
  t.same(derivationOf(derived(a)), { inputs: [a], more: false, empty: true })
  t.same({ ...derived(a) }, {})
  t.equal(derivationOf({ output: 1 }), undefined)
})

t.test('derived: the outputs object of the author is left as it is', async (t) => {
  const outputs = Object.freeze({ output: 1 })
  t.not(derived({}, outputs), outputs)
})
