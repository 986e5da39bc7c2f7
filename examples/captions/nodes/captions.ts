import { definePlugin } from '@anabranch/plugin-sdk'
import { captionFile } from './caption-file.ts'
import { captionLine } from './caption-line.ts'
import { captionSound } from './caption-sound.ts'

export default definePlugin({ name: 'captions', apiVersion: 1, nodes: [captionSound, captionLine, captionFile] })
