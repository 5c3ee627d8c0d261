// `produce` with a Redis: writes the run at its pace.
import { randomBytes } from 'node:crypto'
import { STREAM_ID } from '../../wire/protocol.ts'
import { UsageError } from '../command-error.ts'
import type { CommandContext } from '../command.ts'
import { INTERRUPTED } from '../interruption.ts'
import { machineClock, play } from '../play/player.ts'
import { layoutFrom, planFrom } from './plan.ts'
import { createProgress } from '../progress.ts'
import { createRedisWriter, shownRedisUrl } from '../play/redis-writer.ts'

/**
 * Writes a run into Redis; an interrupted one is ended with a `stopped` event.
 * @returns the exit code
 */
export async function produceIntoRedis(context: CommandContext): Promise<number> {
  const { flags, logger, print, signal } = context
  const url = flags.text('redis') ?? ''
  const id = streamId(flags.text('stream') ?? `produce_${randomBytes(6).toString('base64url')}`)
  const layout = layoutFrom(flags)
  const plan = planFrom(flags, id, 'suna')
  const writer = await createRedisWriter({ url, layout, id, signal })
  print(id)
  logger.info(
    `${plan.due.length} events (${plan.protocol}) into ${layout} of ${shownRedisUrl(url)}`,
  )
  const progress = createProgress(plan.due.length)
  const written = await play({ plan, writer, signal, onProgress: progress.at }).finally(
    progress.end,
  )
  const whole = written === plan.due.length
  if (!whole) await writer.write(plan.stopped(machineClock.date()))
  await writer.end(whole ? 'completed' : 'stopped')
  logger.info(`${written} events written`)
  return whole ? 0 : INTERRUPTED
}

function streamId(id: string): string {
  if (STREAM_ID.test(id)) return id
  throw new UsageError(`--stream must be 1 to 128 of A-Z a-z 0-9 _ -, got "${id}"`)
}
