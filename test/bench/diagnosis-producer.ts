// A model and its writer, until told to stop. The model does not wait for the writer.
import { setTimeout as pause } from 'node:timers/promises'
import type { InjectedFault } from './diagnosis-faults.ts'

/** Brings a chunk across. */
export type Write = (stream: string, data: string) => Promise<unknown>

/** What is produced, and how. */
export interface Production {
  readonly write: Write
  readonly fault: Pick<InjectedFault, 'gapMs' | 'chars' | 'awaits'>
  readonly stream: string
  readonly random: () => number
  readonly strength: number
}

const TEXT = 'Every chunk says a little, and the words of it say where they come from. '
const EVEN_MS = 20

/** Produces. Each chunk says when it was made, in ms of this machine's clock. */
export async function produce(production: Production, signal: AbortSignal): Promise<void> {
  const { fault, stream, random, strength } = production
  const { gapMs = () => EVEN_MS, chars = 24 } = fault
  const writer = createWriter(production)
  writer.put({ type: 'RUN_STARTED', threadId: 't', runId: stream })
  let due = performance.now()
  for (let index = 0; !signal.aborted; index++) {
    due += gapMs(index, random, strength)
    // Timers are coarse: whoever is late makes up for it.
    const waitMs = due - performance.now()
    if (waitMs > 0) await pause(waitMs)
    const at = (index * chars) % (TEXT.length - chars)
    const delta = TEXT.slice(at, at + chars)
    writer.put({ type: 'TEXT_MESSAGE_CONTENT', messageId: `m${index >> 6}`, delta })
  }
  await writer.stop()
}

function createWriter({ write, fault, stream }: Production) {
  const made: string[] = []
  let writing: Promise<void> | null = null
  const drain = async (): Promise<void> => {
    for (let data = made.shift(); data !== undefined; data = made.shift()) await write(stream, data)
    writing = null
  }
  return {
    put(event: object): void {
      const data = JSON.stringify({ ...event, made: Date.now() })
      if (fault.awaits !== true) return void write(stream, data).catch(() => {})
      made.push(data)
      writing ??= drain().catch(() => {})
    },
    async stop(): Promise<void> {
      made.length = 0
      await writing
    },
  }
}
