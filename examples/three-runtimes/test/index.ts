import './progress.test.ts'
import './terminal.test.ts'
import './wav.test.ts'
import './wav-frames.test.ts'
