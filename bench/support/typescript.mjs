/** From here on the bench may import what the tests have: TypeScript is compiled as it is imported. */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
