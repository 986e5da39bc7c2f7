import './params-schema.test.ts'
import './soft-clip.test.ts'
import './wire/codec.test.ts'
import './wire/wire-md.test.ts'
