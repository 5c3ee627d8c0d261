// A panel's live table. Only text nodes change, outside of React: what measures must not be measured.
import type { PanelName } from '../settings.ts'
import { FIGURES, type PanelReading } from './figures.ts'

/** Writes readings into a table. */
export interface FigureTable {
  /** @param reading null empties the table */
  write(reading: PanelReading | null): void
}

/** Fills `list` (a `dl`) with the rows of a panel. */
export function createFigureTable(list: HTMLElement, panel: PanelName): FigureTable {
  const cells = FIGURES.map(({ name, label, title, testId }) => {
    const row = document.createElement('div')
    const term = document.createElement('dt')
    const value = document.createElement('dd')
    row.className = 'figure'
    row.title = title
    row.dataset['figure'] = name
    term.textContent = label
    if (testId !== undefined) value.dataset['testid'] = `${panel}-${testId}`
    row.append(term, value)
    list.append(row)
    return value
  })
  const write = (reading: PanelReading | null): void => {
    FIGURES.forEach((figure, index) => {
      const cell = cells[index]
      const text = reading === null ? emptyText(figure.testId) : figure.write(reading)
      if (cell !== undefined && cell.textContent !== text) cell.textContent = text
    })
  }
  write(null)
  return { write }
}

// Test ids promise integers at any time.
const emptyText = (testId: string | undefined): string => (testId === undefined ? '–' : '0')
