import { overtaking } from '@anabranch/plugin-sdk/testing'
import type { Lab } from '../lab.ts'
import type { Rule } from '../rule.ts'
import { byKey, difference } from './compare.ts'

/** What a node gives, when, and the same again. Those of keys and kinds are seen in every run. */
export const OUTPUT_RULES: readonly Rule[] = [
  { id: 'C6', title: 'gives only the outputs it declares', check: declared },
  { id: 'C7', title: 'gives values of the kinds it declares', check: ran('C7') },
  { id: 'C14', title: 'promises no more than one record', check: ran('C14') },
  {
    id: 'C15',
    title: 'keeps the order of its inputs, whenever they come and however its outputs are read',
    silent: orderless,
    check: sameOrder,
  },
  { id: 'C17', title: 'gives nothing after its end', check: ran('C17') },
  { id: 'C19', title: 'gives the same for the same', silent: unrepeatable, check: sameAgain },
  { id: 'C20', title: 'shares nothing between instances', silent: unrepeatable, check: separate },
  {
    id: 'C36',
    title: 'emits each output inside the call that gave its input',
    silent: ({ spec }) => (spec.lineage === 'each' ? undefined : 'its lineage is not "each"'),
    check: ran('C36'),
  },
  {
    id: 'C39',
    title: 'says timed: true where it emits from timers or promises',
    silent: ({ form }) => (form === 'operator' ? undefined : 'it is no operator'),
    check: ran('C39'),
  },
]

/** What the watch looks for in every run: there must have been one, and its end. */
export function ran(rule: string): Rule['check'] {
  return async (lab) => {
    await lab.plain()
    await lab.close()
    lab.unseen(rule)
  }
}

/** Hosts of other languages refuse what is not declared where it is made: as a fault of the plugin, and of nothing else. */
async function declared(lab: Lab): Promise<void> {
  const refused = (await lab.plain()).failures.find(({ code }) => code === 'ANB_PLUGIN')
  await lab.close()
  lab.unseen('C6')
  if (refused !== undefined) throw lab.broken(refused.message)
}

export function unrepeatable(lab: Lab): string | undefined {
  return lab.repeatable ? undefined : 'it is effectful, a source, or contains a model'
}

function orderless(lab: Lab): string | undefined {
  return lab.spec.ordered === false ? 'its spec says ordered: false' : unrepeatable(lab)
}

async function sameOrder(lab: Lab): Promise<void> {
  const spaced = byKey(await lab.plain())
  for (const [pace, slow] of [
    ['at-once', 0],
    ['at-once', 5],
    ['bursts', 0],
    ['bursts', 3],
  ] as const) {
    const atOnce = byKey(await lab.run({ pace, slow }))
    for (const [key, outputs] of atOnce) {
      const at = overtaking(spaced.get(key) ?? [], outputs)
      if (at !== undefined)
        throw lab.broken(`output ${at} of "${key}" overtook others when inputs came faster than it took them`)
    }
  }
}

async function sameAgain(lab: Lab): Promise<void> {
  const differs = difference(await lab.plain(), await lab.run())
  if (differs !== undefined) throw lab.broken(`a second instance: ${differs}`)
}

async function separate(lab: Lab): Promise<void> {
  const alone = await lab.plain()
  const [one, two] = await Promise.all([lab.open(), lab.open()])
  try {
    for (const given of lab.sets) {
      await two.offer(given)
      await one.offer(given)
      await Promise.all([one.quiet(lab.holds), two.quiet(lab.holds)])
    }
    const differs = difference(alone, await one.end())
    if (differs !== undefined) throw lab.broken(`beside another instance: ${differs}`)
  } finally {
    await Promise.all([one.close(), two.close()])
  }
}
