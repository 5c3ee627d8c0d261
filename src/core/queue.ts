// A first-in first-out queue: a head index instead of shift(), so that taking one costs the same at any length.

/** Items in order. */
export interface Queue<T> {
  readonly size: number
  push(item: T): void
  /** Takes up to `count` items from the front. @default all */
  take(count?: number): T[]
  /** The item that waits longest. */
  peek(): T | undefined
}

// Below this a copy is cheaper than the memory it saves is worth.
const COMPACT_FROM = 1024

/** Makes an empty queue. */
export function createQueue<T>(): Queue<T> {
  let items: T[] = []
  let head = 0
  return {
    get size() {
      return items.length - head
    },
    push(item) {
      items.push(item)
    },
    take(count = Infinity) {
      if (head + count < items.length) {
        const taken = items.slice(head, head + count)
        head += count
        if (head >= COMPACT_FROM && head * 2 >= items.length) {
          items = items.slice(head)
          head = 0
        }
        return taken
      }
      const taken = head === 0 ? items : items.slice(head)
      items = []
      head = 0
      return taken
    },
    peek: () => items[head],
  }
}
