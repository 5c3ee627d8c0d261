/** Posts to Suna's API with a token. */
export async function post(path: string, token: string, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(`/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
    signal: signal ?? null,
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}
