// The page's state, for readers and for scripts: `<body data-state>` and one line of words.
import { find } from './find.ts'

/** `done`: every shown run has ended and its last state is painted. */
export type PageState = 'idle' | 'running' | 'done' | 'failed'

/** Tells the state of the page, and in `words` what there is to say about it. */
export function showPageState(state: PageState, words: string): void {
  const problem = find('#problem')
  const news = find('#news')
  // Two live regions: a failure interrupts, the rest waits for its turn.
  problem.textContent = state === 'failed' ? words : ''
  problem.hidden = state !== 'failed'
  news.textContent = state === 'failed' ? '' : words
  document.body.dataset['state'] = state
}

/** Tells what in the address or the form was not taken as written. */
export function showNotices(notices: readonly string[]): void {
  const list = find('#notices')
  list.replaceChildren(
    ...notices.map((notice) => {
      const item = document.createElement('li')
      item.textContent = notice
      return item
    }),
  )
  list.hidden = notices.length === 0
}
