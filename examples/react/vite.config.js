// JSX needs no plugin; one React for the page and for the wrapper.
export default {
  oxc: { jsx: { runtime: 'automatic' } },
  resolve: { dedupe: ['react', 'react-dom'] },
}
