// @ts-check
import { test } from 'tap'
import { countJunit } from '../lib/suites/count-junit.mjs'

test('counts passed tests, and failed, broken and skipped ones as failures', async (t) => {
  const counts = countJunit(`<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="5">
    <testcase classname="test_x" name="test_ok" time="0.001" />
    <testcase classname="test_x" name="test_said"><system-out>words</system-out></testcase>
    <testcase classname="test_x" name="test_param[&lt;&quot;]"><failure message="no">a &lt; b
&#10;second</failure></testcase>
    <testcase classname="" name="tests.test_y"><error message="collection failure" /></testcase>
    <testcase classname="test_x" name="test_skip"><skipped type="pytest.skip" message="later">x</skipped></testcase>
    </testsuite></testsuites>`)
  t.equal(counts.passed, 2)
  t.same(counts.failures, [
    { name: 'test_x › test_param[<"]', output: 'a < b\n\nsecond' },
    { name: 'tests.test_y', output: 'collection failure' },
    { name: 'test_x › test_skip', output: 'skipped: later' },
  ])
})

test('no report is no test', async (t) => {
  t.same(countJunit(''), { passed: 0, failures: [] })
})
