#!/usr/bin/env node
// Here, and not built: npm links it when a checkout is installed, before anything is.
import '../dist/main.js'
