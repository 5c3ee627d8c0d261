// How much a stream may hold. Beyond a limit there is an error by its own code, and the page goes on.

/** Limits of one stream. */
export interface StreamLimits {
  /**
   * Events that wait to be published. One more, and all are published at once, whatever the schedule;
   * `backlog-exceeded` says so.
   * @default 100_000
   */
  readonly backlogEvents?: number | undefined
  /** Characters of one event. A longer one ends the connection with `oversize`. @default 16 Mi */
  readonly eventChars?: number | undefined
  /**
   * Characters of one message's text, or of one call's arguments. What is beyond is left out; `message-too-long` says
   * so, once for each.
   * @default 16 Mi
   */
  readonly messageChars?: number | undefined
  /** Gaps kept in the state, the last ones. `onGap` hears of all. @default 100 */
  readonly gaps?: number | undefined
}

/** The limits of a stream that names none. */
export const DEFAULT_LIMITS: Readonly<Record<'backlogEvents' | 'messageChars' | 'gaps', number>> =
  Object.freeze({ backlogEvents: 100_000, messageChars: 16 * 2 ** 20, gaps: 100 })
