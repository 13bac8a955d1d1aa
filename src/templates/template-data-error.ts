import { GatehouseError } from '../dynsec/errors.js';

/** A template that ships with the product is not as it should be, or is not there. */
export class TemplateDataError extends GatehouseError {
  readonly code = 'invalid_document';
  readonly isPublic = false;

  constructor(template: string, problem: string, options?: ErrorOptions) {
    super(`template \`${template}\`: ${problem}`, options);
  }
}
