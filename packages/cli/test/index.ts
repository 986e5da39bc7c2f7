// Every suite of this package, in one process.
import './validate.test.ts'
import './explain.test.ts'
import './graph.test.ts'
import './nodes.test.ts'
import './doctor.test.ts'
import './run.test.ts'
import './test-verb.test.ts'
