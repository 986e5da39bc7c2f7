import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node.js'

export interface Completion {
  readonly label: string
  readonly documentation?: string | { readonly value: string }
}

export interface Diagnostic {
  readonly message: string
  readonly range: { readonly start: { readonly line: number; readonly character: number } }
}

/** An editor; places in a text are said by `|`, the cursor. */
export interface Editor {
  /** What is offered where `|` stands in the text. */
  complete(text: string): Promise<readonly Completion[]>
  /** What is shown over the character after `|`. */
  hover(text: string): Promise<string>
  /** What is wrong with the text, each with the word that it begins with. */
  diagnose(text: string): Promise<readonly { readonly message: string; readonly at: string }[]>
  /** A file has changed on the disk, as an editor tells of those that it watches. */
  changed(path: string): Promise<void>
}

/** The settings that an editor would send; nothing is looked up in the network. */
const SETTINGS: Readonly<Record<string, unknown>> = {
  yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } },
}

/** Starts yaml-language-server as an editor does, over its standard streams, for files of a folder. */
export async function openEditor(t: Test, path: string): Promise<Editor> {
  const program = join(
    dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json')),
    'bin',
    'yaml-language-server',
  )
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  t.teardown(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await connection.sendRequest('shutdown')
    await connection.sendNotification('exit')
    await ended
    connection.dispose()
  })
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly { section: string }[] }) =>
    items.map(({ section }) => SETTINGS[section] ?? {}),
  )
  connection.onRequest('client/registerCapability', () => null)
  const told = new Map<string, (found: readonly Diagnostic[]) => void>()
  connection.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, diagnostics }: { uri: string; diagnostics: readonly Diagnostic[] }) => told.get(uri)?.(diagnostics),
  )
  connection.listen()
  const folder = pathToFileURL(path).href
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: folder,
    workspaceFolders: [{ uri: folder, name: 'test' }],
    capabilities: {
      workspace: { configuration: true },
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
        publishDiagnostics: {},
      },
    },
  })
  await connection.sendNotification('initialized', {})

  let texts = 0
  /** Each text is a document of its own beside the others: what the server tells names no version. */
  const open = async (text: string) => {
    texts++
    const uri = `${folder}/text-${texts}.yaml`
    const found = new Promise<readonly Diagnostic[]>((resolve) => told.set(uri, resolve))
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    })
    return { uri, found }
  }
  /** Opens the text without its cursor, and says where that was. */
  const cursor = async (marked: string) => {
    const at = marked.indexOf('|')
    const { uri } = await open(marked.slice(0, at) + marked.slice(at + 1))
    const before = marked.slice(0, at).split('\n')
    return {
      textDocument: { uri },
      position: { line: before.length - 1, character: (before.at(-1) as string).length },
    }
  }
  return {
    async complete(text) {
      const place = await cursor(text)
      const found = (await connection.sendRequest('textDocument/completion', place)) as {
        readonly items: readonly Completion[]
      }
      return found.items
    },
    async hover(text) {
      const place = await cursor(text)
      const found = (await connection.sendRequest('textDocument/hover', place)) as {
        readonly contents: { readonly value: string }
      } | null
      return found?.contents.value ?? ''
    },
    async changed(path) {
      const changes = [{ uri: pathToFileURL(path).href, type: 2 }]
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes })
    },
    async diagnose(text) {
      const { found } = await open(text)
      const lines = text.split('\n')
      return (await found).map(({ message, range: { start } }) => ({
        message,
        at: /^\S*?(?=[\s:,}]|$)/.exec(lines[start.line]?.slice(start.character) ?? '')?.[0] ?? '',
      }))
    },
  }
}
