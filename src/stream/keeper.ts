// Keeps a stream over a reload: restores it before its first connection, saves it whenever the page may be about to go.
import type { Clock } from '../core/clock.ts'
import type { Intake } from '../core/intake.ts'
import { marked, type Received } from '../core/received.ts'
import { NO_RUN, type RunStatus } from '../core/run.ts'
import type { Publisher } from './publisher.ts'
import { createSession, type ResumeOptions } from './session.ts'
import type { Sources } from './sources.ts'

/** What a keeper keeps, and where. */
export interface KeeperOptions {
  readonly resume: ResumeOptions | undefined
  /** True for what may be restored as the state of this stream. */
  readonly isState: (state: unknown) => boolean
  readonly id: string
  readonly clock: Clock
  readonly intake: Intake
  readonly publisher: Pick<Publisher<unknown>, 'folded'>
  readonly sources: Sources
  /** Publishes what waits. */
  readonly flush: () => void
  /** Puts what was kept into the order of events, and publishes it. */
  readonly restore: (item: Received) => void
}

/** Keeps one stream. */
export interface Keeper {
  /** The stream is used from now on. Returns how the run stood that this very call restored. */
  begin(): RunStatus | null
  /** It is not used any more. */
  end(): void
}

/** Makes the keeper of one stream; without `resume` it does nothing. */
export function createKeeper(options: KeeperOptions): Keeper {
  const { resume, id, clock, intake, publisher, sources, flush } = options
  if (resume === undefined) return { begin: () => null, end() {} }
  const session = createSession(resume, id)
  let unlisten: (() => void) | null = null
  let restored = false

  const restore = (): RunStatus | null => {
    restored = true
    const saved = session.load()
    if (saved === null || !options.isState(saved.state)) return null
    const { position, run, state, url } = saved
    intake.restore(position)
    sources.moveTo(url)
    // What had only been asked for may have begun since; the connection will tell.
    const asked = run.status === 'submitted' ? 'streaming' : run.status
    // Where nothing says where it is read, nobody will read on.
    const status = asked === 'streaming' && sources.current === null ? 'truncated' : asked
    options.restore({
      ...marked({ type: 'restored', state, run: { ...NO_RUN, ...run, status } }),
      cursor: position.cursor,
    })
    return status
  }
  const save = (): void => {
    flush()
    const position = intake.position()
    const { run, state } = publisher.folded
    const { status, runId, finish } = run
    session.save(
      position === null
        ? null
        : { id, position, run: { status, runId, finish }, state, url: sources.url },
    )
  }
  return {
    begin() {
      const status = restored ? null : restore()
      unlisten ??= clock.onLifecycle((change) => change === 'leave' && save())
      return status
    },
    end() {
      if (unlisten !== null) save()
      unlisten?.()
      unlisten = null
    },
  }
}
