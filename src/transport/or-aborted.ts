// Code of the application may take its time, or never answer: an abort does not wait for it.

/** The promise's outcome, or null as soon as `signal` aborts. What comes later is given to `late`. */
export function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => {},
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      resolve(null)
      promise.then(late, () => {})
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
