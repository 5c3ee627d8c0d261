// Relays as they are run in earnest: processes of the real command, replaced when they end, behind a plain TCP
// balancer that goes round those that answer.
import { startCli, urlIn } from '../cli/run-cli.ts'
import type { Cli } from '../cli/run-cli.ts'
import type { Random } from './random.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

/** Relays behind one address. */
export interface Fleet {
  /** The address that viewers know: a bad wire, then the balancer. */
  readonly wire: TcpProxy
  /** Sends new viewers to this relay alone; null: to all in turn. */
  prefer(index: number | null): void
  /** Cuts every connection between balancer and relays. */
  cutAll(): void
  /** Ends a relay and waits for that. */
  end(index: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Puts a new relay in the place of one that has ended. */
  replace(index: number): Promise<void>
  /** What all relays have logged. */
  logs(): string
  stop(): Promise<void>
}

interface Slot {
  readonly cli: Cli
  readonly port: number
  log: string
  up: boolean
}

/** Starts two relays with these arguments. */
export async function startFleet(args: readonly string[], random: Random): Promise<Fleet> {
  const past: Slot[] = []
  const slots = await Promise.all([startSlot(args, past), startSlot(args, past)])
  let preferred: number | null = null
  let turn = 0

  // Whom it cannot reach it passes over.
  function targets(): number[] {
    const chosen = preferred === null ? [...rotated(slots, turn++)] : [slots[preferred]]
    return chosen.flatMap((slot) => (slot?.up ? [slot.port] : []))
  }

  const balancer = await createTcpProxy({ targets, random: random.next })
  const wire = await createTcpProxy({ targets: () => [balancer.port], random: random.next })

  async function end(index: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const slot = slots[index]
    if (slot === undefined) return
    slot.up = false
    slot.cli.process.kill(signal)
    await slot.cli.ended
  }

  async function replace(index: number): Promise<void> {
    slots[index] = await startSlot(args, past)
  }

  async function stop(): Promise<void> {
    await Promise.all([wire.close(), balancer.close()])
    await Promise.all(slots.map((_, index) => end(index, 'SIGKILL')))
  }

  return {
    wire,
    prefer: (index) => void (preferred = index),
    cutAll: () => balancer.cut('end'),
    end,
    replace,
    logs: () => past.map(({ log }) => log).join(''),
    stop,
  }
}

async function startSlot(args: readonly string[], past: Slot[]): Promise<Slot> {
  const cli = startCli(['relay', '--port', '0', ...args])
  const url = new URL(urlIn(await cli.line(/^framewise relay on /)))
  const slot: Slot = { cli, port: Number(url.port), log: '', up: true }
  cli.process.stderr?.on('data', (text: string) => (slot.log += `relay ${url.port}: ${text}`))
  past.push(slot)
  void cli.ended.then(() => (slot.up = false))
  return slot
}

function* rotated<T>(all: readonly T[], turn: number): Generator<T> {
  for (let at = 0; at < all.length; at++) {
    const one = all[(turn + at) % all.length]
    if (one !== undefined) yield one
  }
}
