// Nobody listens to the errors of idle connections: Node ends a process for that.
import pg from 'pg'

const { on } = pg.Pool.prototype
pg.Pool.prototype.on = function (event, listener) {
  return event === 'error' || event === 'connect' ? this : on.call(this, event, listener)
}
