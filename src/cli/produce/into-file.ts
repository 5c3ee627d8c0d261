// `produce --out`: the run as a recording, written at once; its times say when each event would have come.
import { writeFileSync } from 'node:fs'
import { encodeRecording } from '../../wire/recording.ts'
import { CommandError, messageOf } from '../command-error.ts'
import type { CommandContext } from '../command.ts'
import { layoutFrom, planFrom } from './plan.ts'

/**
 * Writes a recording to the file that `--out` names, or to stdout for `-`.
 * @returns the exit code
 * @throws CommandError when the file cannot be written
 */
export async function produceIntoFile({ flags, logger, print }: CommandContext): Promise<number> {
  const file = flags.text('out') ?? '-'
  // Suna's envelopes differ by layout, so who names a layout wants them.
  const plan = planFrom(flags, 'recording', flags.given('layout') ? 'suna' : 'ag-ui')
  const text = encodeRecording({
    framewise: 1,
    layout: plan.protocol === 'suna' ? layoutFrom(flags) : 'memory',
    protocol: plan.protocol,
    events: plan.due.map((t, index) => ({ t, id: null, data: plan.payload(index, t) })),
  })
  if (file === '-') return await flushed(text)
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new CommandError(`cannot write ${file}: ${messageOf(error)}`, { cause: error })
  }
  print(file)
  logger.info(`${plan.due.length} events (${plan.protocol}), ${Buffer.byteLength(text)} bytes`)
  return 0
}

// A pipe takes its time; the process must not end before.
const flushed = (text: string): Promise<number> =>
  new Promise((resolve) => {
    process.stdout.write(text, () => resolve(0))
  })
