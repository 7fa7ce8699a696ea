import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { defineConfig, type Plugin } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const out = fileURLToPath(new URL('../../dist/tab/', import.meta.url))

/** Writes the declarations of the React wrapper and the element beside the library. */
function declarations(): Plugin {
  return {
    name: 'declarations',
    applyToEnvironment: (environment) => environment.name === 'library',
    generateBundle() {
      for (const name of ['react', 'public', 'nodes']) {
        const source = readFileSync(`${here}${name}.ts`, 'utf8')
        const { outputText } = ts.transpileDeclaration(source, {
          compilerOptions: { target: ts.ScriptTarget.ES2023 },
        })
        this.emitFile({
          type: 'asset',
          fileName: `${name}.d.ts`,
          source: outputText.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"),
        })
      }
    },
  }
}

/**
 * The detail of a span is one file: most of it is wanted together, and small files compress badly. Markdown
 * and the dialog that reveals are wanted by few.
 */
const codeSplitting = {
  includeDependenciesRecursively: false,
  groups: [
    {
      name: 'detail',
      test: /src\/tab\/(detail\/(?!markdown|reveal-dialog)|styles\/(detail|messages|artifacts|dialog|tables)\.css)/,
    },
  ],
}

// Two outputs of one source: the page with hashed assets, and the library that others embed.
export default defineConfig({
  root: `${here}standalone`,
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  environments: {
    client: { build: { outDir: `${out}standalone`, rolldownOptions: { output: { codeSplitting } } } },
    library: {
      consumer: 'client',
      build: {
        outDir: out,
        emptyOutDir: false,
        rolldownOptions: {
          input: { 'trace-tab': `${here}trace-tab.ts`, react: `${here}react.ts`, nodes: `${here}nodes.ts` },
          preserveEntrySignatures: 'exports-only',
          external: ['react'],
          output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      // Their names change with what is in them: those of an earlier build would stay for ever.
      rmSync(`${out}chunks`, { recursive: true, force: true })
      for (const name of ['client', 'library']) {
        const environment = builder.environments[name]
        if (environment) await builder.build(environment)
      }
    },
  },
  plugins: [declarations()],
})
