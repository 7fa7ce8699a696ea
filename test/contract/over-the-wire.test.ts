import t from 'tap'
import { overTheWire } from './door.ts'
import { writeAndRead } from './suite.ts'

writeAndRead(t, overTheWire)
