// What the pages of the socket tests have at hand, as one script.
import { createAgentStream, webSocket } from 'framewise'
import { browserClock } from '../../src/frame/browser-clock.ts'

/** The script's names, on the page's global object. */
export const atHand = { createAgentStream, webSocket, browserClock }

Object.assign(globalThis, atHand)
