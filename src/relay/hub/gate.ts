// Lets a few run at a time. Who waits gets a turn by key, one key after the other: a thousand waiting for one stream
// cost another stream's first only one turn.

/** A door with a few places behind it. */
export interface Gate {
  /** Does the work when there is a place for it. */
  pass<T>(key: string, work: () => Promise<T>): Promise<T>
}

/** Creates one with so many places. */
export function createGate(places: number): Gate {
  const queues = new Map<string, (() => void)[]>() // in the order of their turns
  let taken = 0

  function turn(key: string): Promise<void> {
    const queue = queues.get(key) ?? []
    queues.set(key, queue)
    return new Promise((resolve) => void queue.push(resolve))
  }

  // A place that becomes free is handed on, not put back.
  function leave(): void {
    for (const [key, queue] of queues) {
      queues.delete(key)
      const next = queue.shift()
      if (queue.length > 0) queues.set(key, queue)
      return next?.()
    }
    taken--
  }

  async function pass<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (taken < places) taken++
    else await turn(key)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  return { pass }
}
