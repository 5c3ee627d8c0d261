import { describe, expect, it } from 'vitest'
import { createVerdictLine, wordsOf } from '../../../demo/panel/verdict-line.ts'
import { diagnose } from '../../../src/metrics/diagnosis/diagnose.ts'
import { aSnapshot, stage } from '../../metrics/a-snapshot.ts'

describe('a verdict in words', () => {
  it('says what, how much, how sure, what to do and what that gains', () => {
    const seen = aSnapshot({ stages: { react: stage(40, 0.87) } })
    expect(wordsOf(diagnose(seen).verdict)).toMatch(
      /^Verdict: render-bound 87 %, confidence 0\.95\. .+\. Gain: up to 870 ms of main thread a second\.$/,
    )
  })

  it('says that all is well, and what is wasted', () => {
    expect(wordsOf(diagnose(aSnapshot()).verdict)).toMatch(
      /^Verdict: healthy, confidence 0\.\d\d\.$/,
    )
    const wasteful = aSnapshot({ rendersPerSecond: 180 })
    expect(wordsOf(diagnose(wasteful).verdict)).toContain(
      '3.1 renders for each frame. Publish once',
    )
  })

  it('says why nothing is known', () => {
    const { verdict } = diagnose(aSnapshot({ hiddenShare: 1 }))
    expect(wordsOf(verdict)).toBe('Verdict: unknown. The page could not be seen.')
  })
})

describe('the line', () => {
  it('writes only what changed, and begins anew with another stream', () => {
    let writes = 0
    let text = ''
    const element = {
      get textContent() {
        return text
      },
      set textContent(value: string) {
        text = value
        writes++
      },
    } as HTMLElement
    const line = createVerdictLine(element)
    line.write(null)
    expect(text).toBe('Verdict: –')
    line.write(aSnapshot())
    line.write(aSnapshot())
    expect(writes).toBe(2)
    line.write(aSnapshot({ stages: { relay: stage(200, 1) }, at: 11_000 }))
    expect(text).toContain('healthy')
    line.write(null)
    line.write(aSnapshot({ stages: { relay: stage(200, 1) }, at: 12_000 }))
    expect(text).toContain('relay-bound')
  })
})
