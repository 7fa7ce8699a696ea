// The process does not know what SIGTERM means.
const { on } = process
process.on = function (event, listener) {
  return event === 'SIGTERM' ? this : on.call(this, event, listener)
}
