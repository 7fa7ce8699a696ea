// Something of every write stays in memory.
import pg from 'pg'

const kept = []
const { query } = pg.Client.prototype
pg.Client.prototype.query = function (first, ...rest) {
  if (typeof first?.handleCopyInResponse === 'function') kept.push(new Array(16_384).fill(kept.length + 0.5))
  return query.call(this, first, ...rest)
}
