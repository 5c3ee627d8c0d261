// Where a relative address leads: what `fetch` and WebSocket themselves take for its base.

/** @throws TypeError when the address is none, or is relative where there is no page */
export function absoluteUrl(url: string): URL {
  // Not the location alone: a page may name another base, and a frame made of `srcdoc` has none of its own.
  return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href)
}
