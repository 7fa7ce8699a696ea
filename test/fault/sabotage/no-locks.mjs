// Every process believes that it holds every advisory lock.
import pg from 'pg'

const { query } = pg.Client.prototype
pg.Client.prototype.query = function (first, ...rest) {
  const locks = typeof first === 'string' && /pg_(try_)?advisory(_xact)?_lock/.test(first)
  return query.call(this, locks ? 'select true as taken' : first, ...rest)
}
