/** What an Express application has registered, as its router knows it. */
import type { Express } from 'express';

/** The parts of a router's layer that are looked at: `rawPath` is what it was given as its path. */
interface Layer {
  readonly rawPath: string;
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: ((...parameters: never[]) => unknown) & { readonly stack?: readonly Layer[] };
}

/** What an application answers, and what stands before it. */
export interface Registered {
  /** Such as `GET /health/live`; parameters of a path in braces, as documents have them. */
  readonly routes: readonly string[];
  /** In the order in which they are asked, the paths of handlers that are no routes; `*` for every path. */
  readonly middlewares: readonly string[];
}

/** Everything that is registered, however deep in routers. */
export function registeredIn(app: Express): Registered {
  const stack = (app.router as unknown as { readonly stack: readonly Layer[] }).stack;
  return collect(stack, '');
}

function collect(stack: readonly Layer[], prefix: string): Registered {
  const parts = stack.map((layer) => registeredBy(layer, prefix));
  return {
    routes: parts.flatMap(({ routes }) => routes),
    middlewares: parts.flatMap(({ middlewares }) => middlewares),
  };
}

function registeredBy({ rawPath, route, handle }: Layer, prefix: string): Registered {
  if (typeof rawPath !== 'string') throw new TypeError('a path is not plain text: read it here too');
  const path = (rawPath === '/' ? prefix : prefix + rawPath).replace(/:([a-z]+)/g, '{$1}');
  if (route) {
    const methods = Object.keys(route.methods);
    return { routes: methods.map((method) => `${method.toUpperCase()} ${path}`), middlewares: [] };
  }
  if (handle.stack) return collect(handle.stack, path);
  return { routes: [], middlewares: [`${path || '*'}${handle.length === 4 ? ' (errors)' : ''}`] };
}
