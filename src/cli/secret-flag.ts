// The secret that signs tokens, as the command line takes it.
import type { FlagValues } from './flag-values.ts'
import type { Flags } from './flags.ts'

/** The flag of commands that know the secret. */
export const SECRET_FLAG: Flags = {
  secret: {
    value: 'TEXT',
    env: 'FRAMEWISE_SECRET',
    help: 'what tokens are signed with; several, separated by commas, while it is changed',
  },
}

/** The secrets given: the first signs, all are taken. */
export function secretsIn(flags: FlagValues): readonly string[] {
  return (flags.text('secret') ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean)
}
