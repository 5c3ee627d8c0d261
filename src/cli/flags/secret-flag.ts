// The secret that signs tokens, as the command line takes it.
import type { FlagValues } from './flag-values.ts'
import { checkSecrets } from '../../relay/door/token.ts'
import { asIn } from './flag-checks.ts'
import { listIn } from './flags.ts'
import type { Flags } from './flags.ts'

/** The flag of commands that know the secret. */
export const SECRET_FLAG: Flags = {
  secret: {
    value: 'TEXT',
    env: 'FRAMEWISE_SECRET',
    help: 'what tokens are signed with; several, separated by commas, while it is changed',
    check: asIn(checkGiven),
  },
}

// Who gives a secret, be it variables that turn out empty, must not get a relay that asks for none.
function checkGiven(text: string): void {
  if (checkSecrets(listIn(text)).length === 0)
    throw new Error('expected a secret between the commas, got none')
}

/** The secrets given: the first signs, all are taken. */
export function secretsIn(flags: FlagValues): readonly string[] {
  return listIn(flags.text('secret') ?? '')
}
