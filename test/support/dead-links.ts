// Links within the documentation that lead nowhere: to a page that is not there, or to a heading it has not.
import { posix } from 'node:path'

/**
 * Dead links of Markdown pages, as `page: target`. Web addresses are not asked.
 * @param pages texts by path
 * @param exists is asked for paths that are no page among them
 */
export function deadLinks(
  pages: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): string[] {
  return [...pages].flatMap(([path, text]) =>
    [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^\w+:/.test(target) && !leads(path, target))
      .map((target) => `${path}: ${target}`),
  )

  function leads(from: string, target: string): boolean {
    const [file = '', anchor] = target.split('#')
    const path = file === '' ? from : posix.join(posix.dirname(from), file)
    const text = pages.get(path)
    if (text === undefined) return anchor === undefined && exists(path)
    return anchor === undefined || anchorsOf(text).includes(anchor)
  }
}

// As GitHub makes them, counting the headings that are alike.
function anchorsOf(text: string): string[] {
  const seen: string[] = []
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[(.*?)\]\(.*?\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-')
    const again = seen.filter((one) => one === slug).length
    seen.push(slug)
    return again === 0 ? slug : `${slug}-${again}`
  })
}

const prose = (text: string): string => text.replace(/^```[^]*?^```$/gm, '')
