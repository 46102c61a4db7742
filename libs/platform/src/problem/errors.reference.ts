import { ERRORS, isErrorCode, type ErrorEntry } from '@parley/domain';
import { pageHead } from '../markdown.js';

/** docs/reference/errors.md: one section for each code, under the code as its anchor. */
export function renderErrorsReference(): string {
  const intro =
    'Every refusal is `application/problem+json` (RFC 9457). `code` names the cause and is stable; `requestId` finds it in ' +
    'the logs; `errors` points at the fields; `retryable` says whether the same request may succeed later. `type` leads ' +
    'to the section of the code.';
  const sections = Object.entries<ErrorEntry>(ERRORS).map(
    ([code, { status, title, whatToDo, retryable }]) =>
      `<a id="${code}"></a>\n\n## ${code}\n\n${status} · ${title}. ${retryable ? 'May succeed later.' : 'Final.'}\n\n${whatToDo}\n`,
  );
  return [pageHead('Errors', 'libs/domain/src/errors.ts', intro), ...sections].join('\n');
}

/** The page that a problem's `type` leads to, as HTML; null for a code that is not in the table. */
export function errorPage(code: string): string | null {
  if (!isErrorCode(code)) return null;
  // Nothing of the table needs escaping but these; the code is a key of it, so it is not the caller's text.
  const { status, title, whatToDo, retryable }: ErrorEntry = ERRORS[code];
  const text = (raw: string): string => raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${code} · Parley</title>` +
    '<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem}</style></head>' +
    `<body><h1><code>${code}</code></h1><p>${status} · ${text(title)}</p><p>${text(whatToDo)}</p>` +
    `<p>${retryable ? 'The same request may succeed later.' : 'The same request will not succeed later.'}</p></body></html>\n`
  );
}
