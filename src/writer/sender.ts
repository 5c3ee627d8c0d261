// Sends batches, one after the other and none waiting for the last one's answer. When anything goes wrong it holds back,
// asks the log how far it has come by sending the first unacknowledged batch again, and goes on from there. The script
// drops what landed and refuses what came too early, so nothing is lost, nothing is written twice, whatever arrives when.
import type { AppendScript, Batch, Outcome } from './append-script.ts'
import type { Outbox } from './outbox.ts'
import { isRefusal } from './writer-client.ts'
import { StreamWriterError } from './writer-error.ts'

/** What a sender needs. */
export interface SenderOptions {
  readonly script: AppendScript
  readonly outbox: Outbox
  readonly exclusive: boolean
  /** Without any answer for so long while one is due, it gives up. */
  readonly giveUpMs: number
  /** Told after every acknowledgement. */
  readonly onProgress: () => void
  readonly onFailure: (error: StreamWriterError) => void
  readonly random: () => number
}

/** Sends what is in the outbox. */
export interface Sender {
  /** Sends what came since. */
  send(): void
  /** Renews the expiry, when nothing else does. */
  touch(): void
  /** Says that the writer is done, as far as that can be said. */
  release(): Promise<void>
  /** Claimed, and not failed. */
  isOpen(): boolean
  /** Nothing is sent any more. */
  stop(): void
}

const RETRY_MS = 50
const RETRY_CEILING_MS = 1000

/** Claims the run and begins to send. */
export function createSender(options: SenderOptions): Sender {
  const { script, outbox, giveUpMs } = options
  let claimed = false
  let flowing = false
  let stopped = false
  let sent = 0
  let trouble: unknown = null
  let patience: NodeJS.Timeout | undefined

  function fail(error: StreamWriterError): void {
    if (stopped) return
    stop()
    options.onFailure(error)
  }

  function stop(): void {
    stopped = true
    flowing = false
    clearTimeout(patience)
  }

  // Due is an answer to the claim, and one to every event.
  function expectAnswer(): void {
    if (patience !== undefined || stopped || (claimed && outbox.start() === outbox.end())) return
    patience = setTimeout(() => fail(unreachable(giveUpMs, trouble)), giveUpMs)
  }

  function answered(written: number): void {
    outbox.acknowledge(written)
    clearTimeout(patience)
    patience = undefined
    expectAnswer()
    options.onProgress()
  }

  /** False when there is something to mend. */
  function heed(outcome: Outcome): boolean {
    if (outcome === 'gap') return false
    if (typeof outcome === 'number') answered(outcome)
    else fail(refusalOf(outcome))
    return true
  }

  function heedError(error: unknown): void {
    trouble = error
    if (isRefusal(error)) fail(refused(error))
  }

  async function launch(batch: Batch): Promise<void> {
    sent = Math.max(sent, batch.first + batch.events.length)
    let well = false
    try {
      well = heed(await script.append(batch, false))
    } catch (error) {
      heedError(error)
    }
    if (!well && flowing) void establish()
  }

  // The one way in, at the start and after every trouble: claim, or ask the log where it is.
  async function establish(): Promise<void> {
    flowing = false
    for (let attempt = 0; !stopped; attempt++) {
      if (attempt > 0) await pause(attempt, options.random)
      if (stopped) return
      try {
        if (await attach()) break
      } catch (error) {
        heedError(error)
      }
    }
    if (stopped) return
    flowing = true
    sent = outbox.start()
    send()
  }

  async function attach(): Promise<boolean> {
    if (claimed) {
      const outcome = await script.append(outbox.take(outbox.start()), true)
      return heed(outcome === 'gap' ? 'lost' : outcome)
    }
    const outcome = await script.claim(options.exclusive)
    claimed = typeof outcome === 'number'
    return heed(outcome)
  }

  function send(): void {
    expectAnswer()
    while (flowing && sent < outbox.end()) void launch(outbox.take(sent))
  }

  expectAnswer()
  void establish()
  return {
    send,
    touch() {
      if (flowing && sent === outbox.start()) void launch({ first: sent, events: [] })
    },
    async release() {
      if (claimed && !stopped) await script.release(outbox.start()).catch(() => undefined)
    },
    isOpen: () => claimed && !stopped,
    stop,
  }
}

function pause(attempt: number, random: () => number): Promise<void> {
  const ceiling = Math.min(RETRY_CEILING_MS, RETRY_MS * 2 ** (attempt - 1))
  return new Promise((resolve) => setTimeout(resolve, ceiling * (0.5 + random() / 2)))
}

const WORDS = {
  superseded: 'another writer has taken this run over',
  taken: 'another writer has this run; wait for its end, or leave out `exclusive` to take it over',
  ended: 'this run has its terminal event already; take another id, or delete its log',
  lost: 'Redis no longer has what it had acknowledged: it expired, was deleted, or did not survive a failure',
} as const

const refusalOf = (code: keyof typeof WORDS): StreamWriterError =>
  new StreamWriterError(code, WORDS[code])

const refused = (cause: unknown): StreamWriterError =>
  new StreamWriterError('refused', `Redis refused a write: ${messageOf(cause)}`, { cause })

const unreachable = (ms: number, cause: unknown): StreamWriterError =>
  new StreamWriterError(
    'unreachable',
    `Redis has acknowledged nothing for ${ms} ms${cause === null ? '' : `: ${messageOf(cause)}`}`,
    { cause },
  )

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error)
