// @ts-check
import { test } from 'tap'
import { countTap } from '../lib/suites/count-tap.mjs'

/** @param {string} text */
const namesIn = (text) => countTap(text).failures.map(({ name }) => name)

test('counts the innermost tests, not assertions', async (t) => {
  const counts = countTap(`TAP version 14
1..1
# Subtest: index.js
    # Subtest: one
        ok 1 - a
        ok 2 - b
        1..2
    ok 1 - one
    # Subtest: group
        # Subtest: two
            ok 1 - a
            1..1
        ok 1 - two
        # Subtest: three
            1..0
        ok 2 - three
        1..2
    ok 2 - group
    1..2
ok 1 - index.js
`)
  t.same(counts, { passed: 3, failures: [] })
})

test('a failed test is counted once, with what it said', async (t) => {
  const counts = countTap(`TAP version 14
1..1
# Subtest: index.js
    # Subtest: group
        # Subtest: fine
            ok 1 - a
            1..1
        ok 1 - fine
        # Subtest: bad
            not ok 1 - one is two
              ---
              diff: |
                -2
                +1
              ...
            1..1
        not ok 2 - bad
        1..2
    not ok 1 - group
    1..1
not ok 1 - index.js
`)
  t.equal(counts.passed, 1)
  t.same(counts.failures, [{ name: 'index.js › group › bad', output: 'one is two\n-2\n+1' }])
})

test('skipped and unfinished tests are failures', async (t) => {
  const text = `TAP version 14
1..2
# Subtest: index.js
    ok 1 - later # SKIP
    ok 2 - some day # TODO
    # Subtest: half
        ok 1 - x # SKIP not here
        1..1
    ok 3 - half
    1..3
ok 1 - index.js
# Subtest: none.js
    1..0 # no tests found
ok 2 - none.js # SKIP no tests found
`
  t.equal(countTap(text).passed, 0)
  t.same(namesIn(text), ['index.js › later', 'index.js › some day', 'index.js › half › x', 'none.js'])
})

test('a failure beside inner tests, a lost plan and a dead program are failures', async (t) => {
  const text = `TAP version 14
1..2
# Subtest: index.js
    # Subtest: group
        # Subtest: fine
            ok 1 - a
            1..1
        ok 1 - fine
        not ok 2 - own
        1..2
    not ok 1 - group
    # Subtest: short
        1..2
        ok 1 - a
    not ok 2 - short
    1..2
not ok 1 - index.js
# Subtest: dead.js
    1..0 # no tests found
not ok 2 - dead.js
  ---
  exitCode: 3
  ...
`
  t.equal(countTap(text).passed, 1)
  t.same(namesIn(text), ['index.js › group', 'index.js › short', 'dead.js'])
  t.match(countTap(text).failures[2], { output: /exit code 3/ })
})
