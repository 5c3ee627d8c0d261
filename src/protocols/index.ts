// Public entry `framewise/protocols`: how the streams of different vendors are read.
export { agUi } from './ag-ui.ts'
export { aiSdk } from './ai-sdk.ts'
export { json, type JsonOptions } from './json.ts'
export { openAi } from './open-ai.ts'
export { suna, type SunaOptions } from './suna.ts'
export { text } from './text.ts'
export type { BodyParser, Decoded, Frame, Protocol } from '../core/protocol.ts'
