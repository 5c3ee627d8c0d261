// What a run is made of, and its form in the address. Reading is total: whatever stands in the address, a
// run comes out of it, and every value that had to be changed is told.

/** Names of the panels, as the address and the test ids write them. */
export type PanelName = 'raw' | 'batched'

/** One run of the demo. */
export interface Settings {
  /** Events a second. */
  readonly rate: number
  /** Characters per event. */
  readonly chunk: number
  /** Events in all. */
  readonly events: number
  /** The same seed gives the same run. */
  readonly seed: number
  readonly renderer: 'plain' | 'markdown'
  /** How the relay is read; a Worker has no use for it. */
  readonly transport: 'sse' | 'ws'
  readonly source: 'worker' | 'relay' | 'redis'
  readonly panels: 'both' | PanelName
  /** Begins without a click. */
  readonly autostart: boolean
}

/** Defaults of every control. */
export const DEFAULT_SETTINGS: Settings = Object.freeze({
  rate: 400,
  chunk: 4,
  events: 4000,
  seed: 1,
  renderer: 'markdown',
  transport: 'sse',
  source: 'relay',
  panels: 'both',
  autostart: false,
})

/** Inclusive limits of the numbers; the same as the server's. */
export const LIMITS: Readonly<
  Record<'rate' | 'chunk' | 'events' | 'seed', readonly [number, number]>
> = Object.freeze({
  rate: [1, 10_000],
  chunk: [1, 1000],
  events: [8, 200_000],
  seed: [0, 2 ** 31 - 1],
})

/** Allowed words, the default first. */
export const CHOICES = Object.freeze({
  renderer: ['markdown', 'plain'],
  transport: ['sse', 'ws'],
  source: ['relay', 'worker', 'redis'],
  panels: ['both', 'raw', 'batched'],
} as const)

/** Settings, and in words what was not taken as it was written. */
export interface ReadSettings {
  readonly settings: Settings
  readonly notices: readonly string[]
}

/** Reads settings from a query or a form; what is missing has its default. */
export function readSettings(params: URLSearchParams): ReadSettings {
  const notices: string[] = []
  const number = (name: keyof typeof LIMITS): number => {
    const { value, notice } = readNumber(name, params.get(name))
    if (notice !== null) notices.push(notice)
    return value
  }
  const word = <Name extends keyof typeof CHOICES>(name: Name): Settings[Name] => {
    const given = params.get(name)
    const allowed: readonly string[] = CHOICES[name]
    if (given === null || allowed.includes(given)) {
      return (given ?? DEFAULT_SETTINGS[name]) as Settings[Name]
    }
    notices.push(
      `${name} “${given}” is not one of ${allowed.join(', ')}: using ${DEFAULT_SETTINGS[name]}`,
    )
    return DEFAULT_SETTINGS[name]
  }
  const settings: Settings = {
    rate: number('rate'),
    chunk: number('chunk'),
    events: number('events'),
    seed: number('seed'),
    renderer: word('renderer'),
    transport: word('transport'),
    source: word('source'),
    panels: word('panels'),
    autostart: params.get('autostart') === '1',
  }
  return { settings, notices }
}

/** Settings as a query that reads back the same. */
export function toQuery({ autostart, ...rest }: Settings): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) params.set(name, String(value))
  if (autostart) params.set('autostart', '1')
  return params.toString()
}

/** Panels that take part in a run, in their order on the page. */
export function shownPanels({ panels }: Pick<Settings, 'panels'>): readonly PanelName[] {
  return panels === 'both' ? ['raw', 'batched'] : [panels]
}

function readNumber(
  name: keyof typeof LIMITS,
  given: string | null,
): { readonly value: number; readonly notice: string | null } {
  if (given === null) return { value: DEFAULT_SETTINGS[name], notice: null }
  const [min, max] = LIMITS[name]
  const number = given.trim() === '' ? NaN : Number(given)
  if (!Number.isFinite(number)) {
    const value = DEFAULT_SETTINGS[name]
    return { value, notice: `${name} “${given}” is not a number: using ${value}` }
  }
  const value = Math.min(Math.max(Math.round(number), min), max)
  if (value === number) return { value, notice: null }
  return {
    value,
    notice: `${name} ${given} is outside whole numbers ${min} to ${max}: using ${value}`,
  }
}
