// A database that has no connection left ends the process.
import pg from 'pg'

const { connect } = pg.Client.prototype
pg.Client.prototype.connect = function (callback) {
  if (callback === undefined) return connect.call(this)
  connect.call(this, (error, ...rest) => {
    if (error?.code === '53300') process.exit(1)
    callback(error, ...rest)
  })
}
