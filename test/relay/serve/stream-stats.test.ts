import { expect, it } from 'vitest'
import { createStreamStats } from '../../../src/relay/serve/stream-stats.ts'
import type { StreamStat } from '../../../src/relay/backend.ts'

const EMPTY: StreamStat = { length: 0, first: null, last: null, ended: false, layout: null }
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** A store that answers when it is told to. */
function slowStore() {
  const asked: string[] = []
  const answers: PromiseWithResolvers<StreamStat>[] = []
  const stat = (id: string): Promise<StreamStat> => {
    asked.push(id)
    const answer = Promise.withResolvers<StreamStat>()
    answers.push(answer)
    return answer.promise
  }
  return { asked, answers, stat }
}

it('asks once for all who want to know the same, and anew once that is answered', async () => {
  const { asked, answers, stat } = slowStore()
  const statOf = createStreamStats({ stat })
  const many = Promise.all(Array.from({ length: 400 }, () => statOf('a')))
  expect(asked).toEqual(['a'])
  answers[0]?.resolve({ ...EMPTY, length: 1 })
  expect((await many).map(({ length }) => length)).toEqual(Array(400).fill(1))
  const later = statOf('a')
  expect(asked).toEqual(['a', 'a'])
  answers[1]?.resolve({ ...EMPTY, length: 2 })
  expect((await later).length).toBe(2)
})

it('asks for a few streams at a time', async () => {
  const { asked, answers, stat } = slowStore()
  const statOf = createStreamStats({ stat })
  const all = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(statOf))
  expect(asked).toEqual(['a', 'b', 'c', 'd'])
  answers[0]?.resolve(EMPTY)
  answers[1]?.resolve(EMPTY)
  await settle()
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  for (const { resolve } of answers) resolve(EMPTY)
  expect(await all).toHaveLength(6)
})

it('tells all of a failure, and asks anew', async () => {
  const { asked, answers, stat } = slowStore()
  const statOf = createStreamStats({ stat })
  const failing = Promise.allSettled([statOf('a'), statOf('a')])
  answers[0]?.reject(new Error('away'))
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  void statOf('a')
  expect(asked).toEqual(['a', 'a'])
})
