#!/usr/bin/env node
// Here, and not built: npm links it when a checkout is installed, before anything is.
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// From Node.js 22.8 on: what was compiled by one command is there for the next.
const { ANABRANCH_CACHE: own, XDG_CACHE_HOME: all } = process.env
module.enableCompileCache?.(join(own || join(all || join(homedir(), '.cache'), 'anabranch'), 'compiled'))
await import('../dist/main.js')
