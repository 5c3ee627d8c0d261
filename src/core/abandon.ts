// How an iteration is left whose values nobody wants any more.

/** Closes an iterator without waiting for it; what its own clean-up throws concerns nobody. */
export function abandon(iterator: AsyncIterator<unknown>): void {
  new Promise((resolve) => resolve(iterator.return?.())).catch(() => {})
}
