// Public entry `framewise/protocols`: how the streams of different vendors are read.
export { agUi } from './ag-ui.ts'
export { suna, type SunaOptions } from './suna.ts'
export type { Decoded, Frame, Protocol } from '../core/protocol.ts'
