// What a write's failure means is forgotten, so that none is tried again.
import pg from 'pg'

const { query } = pg.Client.prototype
pg.Client.prototype.query = function (first, ...rest) {
  if (typeof first?.handleCopyInResponse === 'function') {
    const { handleError } = first
    first.handleError = (error) => {
      // a duplicate is no failure: the write goes on another way
      const hidden = Object.assign(new Error('it failed'), { severity: error.severity })
      handleError.call(first, error.code === '23505' ? error : hidden)
    }
  }
  return query.call(this, first, ...rest)
}
