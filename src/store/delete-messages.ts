import type { ClientBase } from 'pg'

type Client = Pick<ClientBase, 'query'>

/** Spans whose content is looked at in one go. */
const BATCH = 200

/** References to rows of `messages`, as message-parts.ts writes them: `#` a part, `@` a list of parts. */
const REFERENCE = /"([#@])([0-9a-f]{32})"/g

/**
 * Deletes the messages of these traces that no span and no log record refers to any more. In a transaction; writers of messages wait
 * until it ends, because a span that is just being written may refer to a message that is already there.
 */
export async function deleteUnreferenced(
  client: Client,
  realm: number,
  traces: readonly Buffer[],
): Promise<void> {
  const where = 'realm = $1 and trace_id = any($2)'
  const { rowCount } = await client.query(`select from messages where ${where} limit 1`, [realm, traces])
  if (rowCount === 0) return
  await client.query('lock table messages in share row exclusive mode')
  for (const trace of traces) {
    const kept = await referencedBy(client, realm, trace)
    await client.query('delete from messages where realm = $1 and trace_id = $2 and hash <> all($3)', [
      realm,
      trace,
      [...kept].map((hash) => Buffer.from(hash, 'hex')),
    ])
  }
}

/** How many messages of a trace no span refers to. Without a lock: of what is just being written, some may count. */
export async function countUnreferenced(client: Client, realm: number, trace: Buffer): Promise<number> {
  const { rows } = await client.query<{ hash: string }>(
    `select distinct encode(hash, 'hex') as hash from messages where realm = $1 and trace_id = $2`,
    [realm, trace],
  )
  if (rows.length === 0) return 0
  const kept = await referencedBy(client, realm, trace)
  return rows.filter(({ hash }) => !kept.has(hash)).length
}

/** Every hash that the spans of a trace name, through lists of any depth. */
async function referencedBy(client: Client, realm: number, trace: Buffer): Promise<Set<string>> {
  const kept = new Set<string>()
  let lists: string[] = []
  const note = (text: string | null) => {
    for (const [, mark, hash] of text?.matchAll(REFERENCE) ?? []) {
      if (kept.has(hash as string)) continue
      kept.add(hash as string)
      if (mark === '@') lists.push(hash as string)
    }
  }
  // a span may be stored under two days: the day belongs to the place
  let after: { span_id: Buffer; day: string } = { span_id: Buffer.alloc(0), day: '-infinity' }
  for (;;) {
    const { rows } = await client.query<{
      span_id: Buffer
      day: string
      content: string | null
      events: string | null
    }>(
      `select span_id, day::text as day, content, events from spans
       where realm = $1 and trace_id = $2 and (span_id, day) > ($3, $4::date) order by spans.span_id, spans.day limit $5`,
      [realm, trace, after.span_id, after.day, BATCH],
    )
    for (const row of rows) {
      note(row.content)
      note(row.events)
    }
    if (rows.length < BATCH) break
    after = rows.at(-1) ?? after
  }
  let record: { span_id: Buffer; day: string; hash: Buffer } = {
    span_id: Buffer.alloc(0),
    day: '-infinity',
    hash: Buffer.alloc(0),
  }
  for (;;) {
    const { rows } = await client.query<typeof record & { body: string }>(
      `select span_id, day::text as day, hash, body::text from span_logs
       where realm = $1 and trace_id = $2 and (span_id, day, hash) > ($3, $4::date, $5)
       order by span_id, day, hash limit $6`,
      [realm, trace, record.span_id, record.day, record.hash, BATCH],
    )
    for (const { body } of rows) note(body)
    if (rows.length < BATCH) break
    record = rows.at(-1) ?? record
  }
  while (lists.length > 0) {
    const wanted = lists.map((hash) => Buffer.from(hash, 'hex'))
    lists = []
    const { rows } = await client.query<{ body: string }>(
      'select body from messages where realm = $1 and trace_id = $2 and hash = any($3)',
      [realm, trace, wanted],
    )
    for (const { body } of rows) note(body)
  }
  return kept
}
