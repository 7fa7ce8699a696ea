import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tabDocument } from '../../src/http/tab-document.ts'

const built = (name: string) =>
  `<script src="./assets/index-${name}.js"></script><trace-tab base-url=""></trace-tab>`

t.test('the page names the files of the build that is there', async (t) => {
  const file = join(t.testdir({ 'index.html': built('one') }), 'index.html')
  const document = tabDocument(file, '/a"b')
  const one =
    '<script src="/a&quot;b/assets/index-one.js"></script><trace-tab base-url="/a&quot;b"></trace-tab>'
  t.equal(document(), one)
  rmSync(file)
  t.equal(document(), one, 'a build that is not done yet takes nothing away')
  writeFileSync(file, built('two'))
  utimesSync(file, 1, 1)
  t.match(document(), 'index-two.js')
  t.throws(() => tabDocument(`${file}.none`, ''), { code: 'ENOENT' })
})
