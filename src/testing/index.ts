// What tests and demos of streams are made of.
export { burstyPace, pace } from './pace.ts'
export { scenario, SCENARIO_DEFAULTS, SCENARIO_MIN_EVENTS, textOf } from './scenario.ts'
export type { ScenarioOptions } from './scenario.ts'
export { textRun, type TextRunOptions } from './text-run.ts'
export { createSunaEncoder, sunaRows, writeSunaRow } from './suna-envelope.ts'
export type {
  SunaEncoder,
  SunaEnvelopeOptions,
  SunaLayout,
  SunaRow,
  WriteRowOptions,
} from './suna-envelope.ts'
export { createManualClock, type ManualClock, type ManualClockOptions } from './manual-clock.ts'
export { eventFrame, type FakeFrame, type RelayData, relayFrame } from './fake-frames.ts'
export { fakeTransport, type FakeTransport } from './fake-transport.ts'
export {
  mockAgentStream,
  type MockAgentStream,
  type MockAgentStreamOptions,
} from './mock-agent-stream.ts'
export type { MockClock } from './mock-clock.ts'
export type { MockEnd } from './mock-log.ts'
export type { MockRefusal } from './mock-refusals.ts'
export type { MockPlayOptions } from './mock-script.ts'
export type { MockConnection, MockRequest, MockStop } from './mock-service.ts'
export type { MockPayload } from './mock-words.ts'
