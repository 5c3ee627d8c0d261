// Flags of the tools that measure: read and explained as the command line's own.
import { messageOf } from '../../src/cli/command-error.ts'
import { parseFlags } from '../../src/cli/flags/flag-values.ts'
import type { FlagValues } from '../../src/cli/flags/flag-values.ts'
import type { Flags } from '../../src/cli/flags/flags.ts'
import { helpOf } from '../../src/cli/flags/help.ts'

/** Reads the flags of an npm script; `--help` shows them and ends the process, mistakes end it with code 2. */
export function readToolFlags(script: string, summary: string, flags: Flags): FlagValues {
  const written = `npm run ${script}`
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${helpOf(written, { summary, usage: '-- [flags]', flags })}\n`)
    process.exit(0)
  }
  try {
    return parseFlags(args, flags, process.env)
  } catch (error) {
    process.stderr.write(`${messageOf(error)}; see ${written} -- --help\n`)
    process.exit(2)
  }
}

/** The flag by which a tool writes its numbers for a program. */
export const JSON_FLAG: Flags = { json: { help: 'numbers as JSON, as the last line' } }

/** The flag by which a bench takes seconds in place of minutes. */
export const SHORT_FLAG: Flags = {
  short: { help: 'a quick look: few rounds; counts are right, costs are rough' },
}
