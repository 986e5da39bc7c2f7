// @ts-check
import { test } from 'tap'
import { countCargo } from '../lib/suites/count-cargo.mjs'

test('adds up the targets; ignored counts as failed; a failure brings its output', async (t) => {
  const counts = countCargo(`
     Running unittests src/lib.rs (target/debug/deps/c-1)

running 3 tests
test tests::good ... ok
test tests::later ... ignored, later
test tests::bad ... FAILED

failures:

---- tests::bad stdout ----
said

thread 'tests::bad' panicked at src/lib.rs:13:42:
numbers


failures:
    tests::bad

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s

   Doc-tests c

running 1 test
test src/lib.rs - f (line 3) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
`)
  t.equal(counts.passed, 2)
  t.same(counts.failures, [
    { name: 'tests::later', output: 'ignored' },
    { name: 'tests::bad', output: "said\n\nthread 'tests::bad' panicked at src/lib.rs:13:42:\nnumbers" },
  ])
})

test('a program that was killed counts as one failure', async (t) => {
  const counts = countCargo(`
     Running tests/abort.rs (target/debug/deps/abort-1)

running 1 test
error: test failed, to rerun pass \`--test abort\`
     Running tests/fine.rs (target/debug/deps/fine-1)

running 1 test
test fine ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
`)
  t.equal(counts.passed, 1)
  t.same(
    counts.failures.map(({ name }) => name),
    ['tests/abort.rs (target/debug/deps/abort-1)'],
  )
})

test('the last program killed is seen too', async (t) => {
  t.equal(countCargo('     Running tests/abort.rs (x)\n\nrunning 1 test\n').failures.length, 1)
})

test('failures that no line names are still counted', async (t) => {
  const counts = countCargo('   Doc-tests c\ntest result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured\n')
  t.equal(counts.failures.length, 2)
})
