// Vite does four things here: builds and serves the demo, bundles the command line into one file (`--mode cli`) and the
// script for pages that import nothing (`--mode observe-script`), and names the test projects. The library itself is
// built by tsc alone.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import type { ViteUserConfig } from 'vitest/config'
import type { BrowserConfigOptions } from 'vitest/node'
import { CHROMIUM_ARGS, findChromium } from './test/support/browser.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Public names resolve to the sources, so that demo and tests read as an application would.
const alias = [
  { find: /^framewise$/, replacement: at('src/index.ts') },
  { find: /^framewise\/([a-z]+)$/, replacement: at('src/$1/index.ts') },
]

// What a page needs for SharedArrayBuffer and fine timers, in development as in the demo's own server.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

// The demo's own server, started beside `npm run dev`; the rest of /demo/ is the page's sources.
const relay = { target: 'http://127.0.0.1:4400', ws: true }

const demo: ViteUserConfig = {
  root: at('.'),
  publicDir: at('demo/public'),
  plugins: [react()],
  resolve: { alias },
  worker: { format: 'es' },
  build: {
    outDir: at('dist/demo'),
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
  },
  server: {
    port: 4300,
    headers: isolation,
    proxy: { '/v1': relay, '/demo/runs': relay, '/demo/config': relay, '/lab/': relay },
  },
}

// One file that needs nothing beside it. The version check comes first, in words an old Node can parse.
const commandLine: ViteUserConfig = {
  root: at('.'),
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: at('src/cli/main.ts'),
    outDir: at('dist/cli'),
    emptyOutDir: false,
    target: 'es2020',
    rolldownOptions: {
      output: {
        entryFileNames: 'framewise.js',
        codeSplitting: false,
        banner: () => `#!/usr/bin/env node\n${readFileSync(at('src/cli/require-node.js'), 'utf8')}`,
      },
    },
  },
}

// The classic script of `framewise/observe`, for pages that import nothing.
const observeScript: ViteUserConfig = {
  root: at('.'),
  publicDir: false,
  build: {
    lib: {
      entry: at('src/observe/script.ts'),
      formats: ['iife'],
      name: 'framewiseObserveScript',
      fileName: () => 'observe.js',
    },
    outDir: at('dist'),
    emptyOutDir: false,
    target: 'es2022',
    minify: true,
    sourcemap: false,
    reportCompressedSize: false,
  },
}

// Named, so that Vite need not find them in the middle of a run and load the page anew.
const browserDependencies = [
  '@ai-sdk/react',
  'ai',
  'eventsource-parser',
  'fast-check',
  'msw',
  'msw/browser',
  'react',
  'react-dom',
  'react-dom/client',
  'react-dom/server',
  'react/jsx-dev-runtime',
  'react/jsx-runtime',
  'zustand',
  'zustand/react',
  'zustand/vanilla',
]

// React 18 in the place of React, for all that asks for it, a dependency included.
const react18 = [
  { find: /^react(?=$|\/)/, replacement: 'react-18' },
  { find: /^react-dom(?=$|\/)/, replacement: 'react-dom-18' },
]

const kinds = ['**/*.redis.test.ts', '**/*.browser.test.{ts,tsx}', 'test/{bench,e2e}/**']

// Most of these wait for processes and sockets, and none measures time: two files at once also where there are two
// processors, of which vitest would leave one alone.
const beside = { maxWorkers: 2, sequence: { groupOrder: 1 }, ...patient(30) }

// Whose verdicts are of wall-clock time.
const measured = ['test/observe/verdicts.browser.test.tsx']
const inChromium = {
  globalSetup: [at('test/support/cut-server.ts'), at('test/observe/script-server.ts')],
  env: { REACT: '19' },
}

const test: ViteUserConfig['test'] = {
  projects: [
    {
      extends: true,
      test: { name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: kinds, ...beside },
    },
    {
      extends: true,
      test: {
        name: 'redis',
        include: ['test/**/*.redis.test.ts'],
        ...beside,
      },
    },
    {
      extends: true,
      publicDir: at('test/browser/public'),
      optimizeDeps: { include: browserDependencies },
      test: {
        name: 'browser',
        ...inChromium,
        include: ['test/**/*.browser.test.{ts,tsx}'],
        exclude: measured,
        browser: await browser(),
      },
    },
    {
      extends: true,
      optimizeDeps: { include: browserDependencies },
      test: {
        name: 'measured',
        ...inChromium,
        include: measured,
        // Alone: what runs beside it would be in the verdicts.
        sequence: { groupOrder: 2 },
        browser: await browser(),
      },
    },
    {
      extends: true,
      resolve: { alias: react18 },
      optimizeDeps: { include: browserDependencies },
      test: {
        name: 'react-18',
        globalSetup: at('test/support/cut-server.ts'),
        include: ['test/{react,inspector}/**/*.browser.test.{ts,tsx}'],
        exclude: ['test/react/**/*.react-19.browser.test.tsx'],
        env: { REACT: '18' },
        browser: await browser(),
      },
    },
    {
      extends: true,
      test: {
        name: 'e2e',
        include: ['test/{bench,e2e}/**/*.test.ts'],
        globalSetup: at('test/support/build-demo.ts'),
        ...patient(120),
        fileParallelism: false,
      },
    },
  ],
}

// For what hangs: a test is not to fail because a machine is slow.
function patient(seconds: number): { testTimeout: number; hookTimeout: number } {
  return { testTimeout: seconds * 1000, hookTimeout: seconds * 1000 }
}

// Only a test run looks for Chromium; where there is none, Playwright says so in its own words.
async function browser(): Promise<BrowserConfigOptions> {
  const executablePath = process.env['VITEST'] ? await findChromium() : undefined
  const args = [...CHROMIUM_ARGS]
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions: executablePath ? { executablePath, args } : { args } }),
    instances: [{ browser: 'chromium' }],
  }
}

const modes: Readonly<Record<string, ViteUserConfig>> = {
  cli: commandLine,
  'observe-script': observeScript,
}

export default defineConfig(({ mode }) => modes[mode] ?? { ...demo, test })
