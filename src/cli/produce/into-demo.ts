// `produce` without a Redis: asks a running demo to write the run into its memory.
import { CommandError, messageOf, UsageError } from '../command-error.ts'
import type { CommandContext } from '../command.ts'
import { numbersFrom } from './plan.ts'

/** Where a demo listens unless told otherwise. */
export const DEMO_URL = 'http://127.0.0.1:4400'

/**
 * Starts a run in a demo and prints its id; the demo writes it on its own.
 * @returns the exit code
 * @throws CommandError when no demo answers or it refuses
 */
export async function produceIntoDemo({ flags, logger, print }: CommandContext): Promise<number> {
  const url = demoUrl(flags.text('demo') ?? DEMO_URL)
  const response = await post(new URL('/demo/runs', url), numbersFrom(flags))
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok)
    throw new CommandError(`the demo at ${url} refused: ${reasonOf(answer, response)}`)
  const { id, events, backend } = answer as { id: string; events: number; backend: string }
  print(id)
  logger.info(`the demo at ${url} writes ${events} events into ${backend}`)
  return 0
}

function demoUrl(url: string): string {
  if (url.startsWith('http://') && URL.canParse(url)) return url
  throw new UsageError(`--demo must be an address like ${DEMO_URL}, got "${url}"`)
}

async function post(url: URL, body: unknown): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    throw new CommandError(
      `no demo answers at ${url.origin} (${messageOf(cause)}): start one with framewise demo, ` +
        'or name a Redis with --redis URL or REDIS_URL, or a file with --out FILE',
      { cause: error },
    )
  }
}

function reasonOf(answer: unknown, response: Response): string {
  const { error } = (answer ?? {}) as { error?: { message?: unknown } }
  return typeof error?.message === 'string' ? error.message : `HTTP ${response.status}`
}
