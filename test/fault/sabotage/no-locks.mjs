// Every process believes that it holds every advisory lock.
import pg from 'pg'

const { query } = pg.Client.prototype
pg.Client.prototype.query = function (first, ...rest) {
  const locks = /pg_(try_)?advisory(_xact)?_lock/.test(typeof first === 'string' ? first : first?.text)
  return query.call(this, locks ? 'select true as taken' : first, ...rest)
}
