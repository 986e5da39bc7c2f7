import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { usageError } from '../usage-error.ts'

/** A template of the package: files whose `%%word%%`s are filled in, names too. `dot-` stands for what npm would not pack. */
export function writeTemplate(template: string, folder: string, words: Readonly<Record<string, string>>): string[] {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw usageError(`the folder ${relative('.', folder) || '.'} is not empty`, 'give another name, or --dir FOLDER')
  const from = fileURLToPath(new URL(`../../templates/${template}`, import.meta.url))
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmpl'))
  return names.sort().map((name) => {
    const file = filled(name.replace(/(^|\/)dot-/g, '$1.').replace(/\.tmpl$/, ''), words)
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), filled(readFileSync(join(from, name), 'utf8'), words))
    return file
  })
}

function filled(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/%%(\w+)%%/g, (_, word: string) => words[word] ?? missing(word))
}

function missing(word: string): never {
  throw new Error(`a template asks for ${word}`)
}
