import t from 'tap'
import { inProcess } from './door.ts'
import { writeAndRead } from './suite.ts'

writeAndRead(t, inProcess)
