import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
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
 * Loads the script that comes first by a tag of its own, for in one with the tab it would wait for the tab; and at once
 * what the tab, and the detail that follows it, are made of.
 */
function preloads(): Plugin {
  return {
    name: 'preloads',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === 'chunk')
        const named = (name: string) => {
          const chunk = chunks.find((file) => file.name === name)
          if (!chunk) throw new Error(`there is no script ${name}`)
          return chunk
        }
        const index = named('index')
        const parts = new Set([...index.imports, ...named('detail').imports])
        parts.delete(index.fileName)
        const first = `./${named('first').fileName}`
        return [
          {
            tag: 'script',
            attrs: { type: 'module', async: true, crossorigin: true, src: first },
            injectTo: 'head-prepend',
          },
          ...[...parts].map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
            injectTo: 'head' as const,
          })),
        ]
      },
    },
  }
}

/**
 * Nearly all of these scripts runs before the first row. By a first line that says so the browser compiles all of it
 * while it comes, beside the main thread, and not function by function when they are called.
 */
function compiledOnTheWay(): Plugin {
  return {
    name: 'compiled-on-the-way',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle))
          if (file.type === 'chunk' && /^(index|trace-tab|jsxRuntime)$/.test(file.name))
            file.code = `//# allFunctionsCalledOnLoad\n${file.code}`
      },
    },
  }
}

/**
 * Leaves of `marked` what makes tokens. What makes HTML of them follows in the same file, hung onto one function, so that
 * no bundler can tell that nobody calls it.
 */
function lexerOnly(): Plugin {
  return {
    name: 'lexer-only',
    transform(code, id) {
      if (!/\/marked\.esm\.js$/.test(id)) return null
      const renderer = code.search(/var \w+=class\{options;parser;/)
      const lexer = /(\w+) as Lexer/.exec(code)?.[1]
      if (renderer < 0 || lexer === undefined) throw new Error('marked is not as it was: see lexerOnly')
      return { code: `${code.slice(0, renderer)}export{${lexer} as Lexer}`, map: null }
    },
  }
}

/** Vite wraps each import in a helper that loads styles and preloads scripts: here there are none of the first. */
function noPreloadHelper(): Plugin {
  return {
    name: 'no-preload-helper',
    enforce: 'pre',
    load: (id) =>
      id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load()' : null,
  }
}

/** Leaves a `.br` and a `.gz` beside every script and style sheet: the service compresses nothing on the way. */
function compressFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|css)$/.test(name)) continue
    const bytes = readFileSync(`${folder}${name}`)
    writeFileSync(`${folder}${name}.br`, brotliCompressSync(bytes))
    writeFileSync(`${folder}${name}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

interface ModuleGraph {
  getModuleInfo: (id: string) => { importers: string[]; isEntry: boolean } | null
}

/** Whether some module that brings this one along, without a wait, is one of the wanted. */
function isBroughtBy(
  id: string,
  graph: ModuleGraph,
  wanted: (id: string, isEntry: boolean) => boolean,
): boolean {
  const seen = new Set([id])
  for (const at of seen) {
    const info = graph.getModuleInfo(at)
    if (wanted(at, info?.isEntry ?? false)) return true
    for (const importer of info?.importers ?? []) seen.add(importer)
  }
  return false
}

/** One file of what these modules bring along, but the entry does not have. */
function oneFile(name: string, modules: readonly string[]) {
  return {
    debugName: name,
    name: (id: string, graph: ModuleGraph) =>
      isBroughtBy(id, graph, (at) => modules.some((module) => at.endsWith(module))) &&
      !isBroughtBy(id, graph, (_, isEntry) => isEntry)
        ? name
        : null,
  }
}

/** What is wanted together, or is alike, is one file: small files compress badly. */
const codeSplitting = {
  includeDependenciesRecursively: false,
  groups: [
    oneFile('detail', ['/detail/span-pane.tsx']),
    oneFile('figures', [
      '/views/overview-view.tsx',
      '/metrics/metrics-view.tsx',
      '/compare/compare-view.tsx',
    ]),
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
    // each import would be wrapped in a helper that loads what `preloads` names already
    modulePreload: false,
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  environments: {
    client: {
      build: {
        outDir: `${out}standalone`,
        rolldownOptions: {
          input: { index: `${here}standalone/index.html`, first: `${here}first.ts` },
          output: { codeSplitting },
        },
      },
    },
    library: {
      consumer: 'client',
      build: {
        outDir: out,
        emptyOutDir: false,
        rolldownOptions: {
          input: { 'trace-tab': `${here}trace-tab.ts`, react: `${here}react.ts`, nodes: `${here}nodes.ts` },
          preserveEntrySignatures: 'exports-only',
          external: ['react'],
          output: {
            entryFileNames: '[name].js',
            chunkFileNames: 'chunks/[name]-[hash].js',
          },
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
      compressFiles(out)
    },
  },
  plugins: [noPreloadHelper(), declarations(), preloads(), compiledOnTheWay(), lexerOnly()],
})
