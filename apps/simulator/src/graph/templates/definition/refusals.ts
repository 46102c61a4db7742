import { GraphError } from '../../graph-error.js';

/** Graph's own number for what is wrong with a template; it stands in `error_subcode`. */
export const SUBCODES = {
  tooManyTemplates: 2388019,
  nameBeingDeleted: 2388023,
  alreadyExists: 2388024,
  tooLong: 2388040,
  missingField: 2388043,
  header: 2388047,
  body: 2388072,
  footer: 2388073,
  tooManyVariables: 2388293,
  variableAtEdge: 2388299,
} as const;

const TITLES: Readonly<Record<keyof typeof SUBCODES, string>> = {
  tooManyTemplates: 'Message template limit exceeded',
  nameBeingDeleted: 'Message template language is being deleted',
  alreadyExists: 'Content in this language already exists',
  tooLong: 'Field character limit exceeded',
  missingField: 'Message template "components" param is missing expected field(s)',
  header: 'Message header format is incorrect',
  body: 'Message body format is incorrect',
  footer: 'Message footer format is incorrect',
  tooManyVariables: 'Parameters words ratio exceeds limit',
  variableAtEdge: 'Leading or trailing params are not allowed',
};

/** A template that is refused for a reason that Graph has a number for. */
export function refusal(reason: keyof typeof SUBCODES, message: string): GraphError {
  return new GraphError(100, {
    message: 'Invalid parameter',
    subcode: SUBCODES[reason],
    userTitle: TITLES[reason],
    userMessage: message,
  });
}

/** A template that is refused for any other reason. */
export function badParameter(message: string): GraphError {
  return new GraphError(100, {
    message: `(#100) ${message}`,
    userTitle: 'Invalid parameter',
    userMessage: message,
  });
}
