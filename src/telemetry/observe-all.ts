import type { CheckObserver } from '../gate/ports.js';

/** Tells every one of them of every check, in this order. */
export function observeAll(observers: readonly CheckObserver[]): CheckObserver {
  return {
    observe: (event) => {
      for (const observer of observers) observer.observe(event);
    },
  };
}
