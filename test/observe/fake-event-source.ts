// An EventSource whose other side a test plays, for tests without a browser: what it tells says that it can be trusted.

/** Stands in for the page's own. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  readonly CLOSED = 2
  readyState = 1
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
  }

  close(): void {
    this.readyState = 2
  }

  /** What came, as the browser tells it: nothing once it is closed. */
  tell(type: string, data = ''): void {
    if (this.readyState === this.CLOSED) return
    this.dispatchEvent(trusted(new MessageEvent(type, { data })))
  }

  /** The connection broke: told in a task that was queued before anybody could close. */
  break(): void {
    this.readyState = 0
    this.dispatchEvent(trusted(new Event('error')))
  }
}

// Only a browser may make one.
function trusted(event: Event): Event {
  return new Proxy(event, {
    get(target, name) {
      if (name === 'isTrusted') return true
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
