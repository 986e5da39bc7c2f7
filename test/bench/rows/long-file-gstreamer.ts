import { fileProcess } from '../file-process.ts'
import { gstreamer } from './file-gstreamer.ts'

export const row = fileProcess('long_file_gstreamer', 40, gstreamer)
