import type { AgentEvent, Reduce } from 'framewise'

export interface Source {
  readonly url: string
  readonly title: string
}

export interface Research {
  readonly step: string | null
  readonly sources: readonly Source[]
  readonly chars: number
}

export const nothing: Research = { step: null, sources: [], chars: 0 }

export const reduceResearch: Reduce<Research> = (research, events) => events.reduce(apply, research)

function apply(research: Research, event: AgentEvent): Research {
  switch (event.type) {
    case 'STEP_STARTED':
      return { ...research, step: event.stepName }
    case 'STEP_FINISHED':
      return { ...research, step: null }
    case 'TEXT_MESSAGE_CONTENT':
      return { ...research, chars: research.chars + event.delta.length }
    case 'CUSTOM':
      return event.name === 'source' && isSource(event.value)
        ? { ...research, sources: [...research.sources, event.value] }
        : research
    default:
      return research
  }
}

function isSource(value: unknown): value is Source {
  const { url, title } = (value ?? {}) as Partial<Record<keyof Source, unknown>>
  return typeof url === 'string' && typeof title === 'string'
}
