// The page's performance timeline.

/** Marks and measures in it. That the page was first painted, which a busy machine does late, is an entry, too, and not ours. */
export function entriesLeft(): number {
  return ['mark', 'measure'].flatMap((type) => performance.getEntriesByType(type)).length
}
