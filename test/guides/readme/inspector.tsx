import { createAgentStream } from 'framewise'
import { StreamInspector } from 'framewise/inspector'
import { createMeter } from 'framewise/metrics'

const stream = createAgentStream({ url: '/v1/streams/run-1/events', metrics: createMeter })

export const Inspector = () => <StreamInspector stream={stream} />
