// A database that has no connection left is taken for a mistake of this program.
import pg from 'pg'

const { connect } = pg.Client.prototype
pg.Client.prototype.connect = function (callback) {
  if (callback === undefined) return connect.call(this)
  connect.call(this, (error, ...rest) => callback(error && new TypeError('it failed'), ...rest))
}
