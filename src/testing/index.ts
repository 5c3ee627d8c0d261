// What tests and demos of streams are made of.
export { burstyPace, pace } from './pace.ts'
export { scenario, SCENARIO_DEFAULTS, SCENARIO_MIN_EVENTS, textOf } from './scenario.ts'
export type { ScenarioOptions } from './scenario.ts'
export { createSunaEncoder, sunaRows, writeSunaRow } from './suna-envelope.ts'
export type {
  SunaEncoder,
  SunaEnvelopeOptions,
  SunaLayout,
  SunaRow,
  WriteRowOptions,
} from './suna-envelope.ts'
