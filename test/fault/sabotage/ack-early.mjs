// The fault that P1 forbids: callers are told before Postgres has said anything, and the write follows a little later.
import pg from 'pg'

const { query } = pg.Client.prototype
pg.Client.prototype.query = function (first, ...rest) {
  if (typeof first?.handleCopyInResponse !== 'function') return query.call(this, first, ...rest)
  first.callback(null)
  first.callback = () => {}
  setTimeout(() => query.call(this, first), 300)
}
