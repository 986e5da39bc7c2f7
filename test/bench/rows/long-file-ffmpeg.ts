import { fileProcess } from '../file-process.ts'
import { ffmpeg } from './file-ffmpeg.ts'

export const row = fileProcess('long_file_ffmpeg', 40, ffmpeg)
