import { nearest } from '@anabranch/plugin-sdk/host'
import t from 'tap'

t.test('nearest: "did you mean"', async (t) => {
  t.same(nearest('dB', ['db', 'gain']), ['db'], 'case does not count')
  t.same(nearest('x', ['db', 'gain']), [], 'a short name is near to nothing else')
  t.same(nearest('outptu', ['output', 'input']), ['output'])
  t.same(nearest('AudioResapmleNode', ['AudioResampleNode', 'VADNode']), ['AudioResampleNode'])
  t.same(nearest('audio', ['radio', 'audit', 'audio', 'audio']), ['audio', 'audit', 'radio'], 'nearest first, once')
  t.equal(nearest('node1', ['node2', 'node3', 'node4', 'node5']).length, 3)
  t.equal(nearest('node1', ['node2', 'node3'], 1).length, 1)
})

t.test('letters that changed places are one slip, also in a short name', async (t) => {
  t.same(nearest('mci', ['mic', 'level']), ['mic'])
  t.same(nearest('abc', ['xyz']), [])
})
