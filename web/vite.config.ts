import { defineConfig } from 'vite';

// Nothing may need 'unsafe-inline' or data: URLs under the Content-Security-Policy that the host sends:
// no asset is inlined, and the module-preload polyfill (an inline helper for old browsers) stays out.
export default defineConfig({
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
