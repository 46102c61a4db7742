import type { Letter, LetterTone } from './letter.js';

const COLOURS: Readonly<Record<LetterTone, string>> = { critical: '#b42318', warning: '#b54708', info: '#175cd3', resolved: '#067647' };

/** The letter as HTML that mail programs show: tables, styles in the elements, nothing that is loaded from elsewhere. */
export function emailHtml(letter: Letter): string {
  const { tone, heading, summary, whatToDo, fields, items, footer } = letter;
  const colour = COLOURS[tone];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escape(heading)}</title></head>
<body style="margin:0;padding:24px;background:#f2f4f7;font-family:Helvetica,Arial,sans-serif;color:#101828">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="max-width:600px;width:100%;background:#ffffff;border:1px solid #e4e7ec;border-radius:8px;overflow:hidden">
<tr><td style="background:${colour};padding:12px 24px;color:#ffffff;font-size:13px;font-weight:bold;letter-spacing:0.5px;text-transform:uppercase">${escape(tone)}</td></tr>
<tr><td style="padding:24px">
<h1 style="margin:0 0 12px;font-size:20px;line-height:28px">${escape(heading)}</h1>
<p style="margin:0 0 16px;font-size:15px;line-height:22px">${escape(summary)}</p>
${items.length === 0 ? '' : `<ul style="margin:0 0 16px;padding:0 0 0 18px;font-size:14px;line-height:22px">${items.map(({ tone: of, text }) => `<li style="color:${COLOURS[of]}"><span style="color:#101828">${escape(text)}</span></li>`).join('')}</ul>`}
${fields.length === 0 ? '' : `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 16px;font-size:14px;line-height:22px">${fields.map(({ label, value }) => `<tr><td style="padding:0 16px 0 0;color:#475467">${escape(label)}</td><td>${escape(value)}</td></tr>`).join('')}</table>`}
${whatToDo === null ? '' : `<p style="margin:0;padding:12px 16px;background:#f9fafb;border-left:4px solid ${colour};font-size:14px;line-height:21px"><strong>What to do</strong><br>${escape(whatToDo)}</p>`}
</td></tr>
<tr><td style="padding:12px 24px;border-top:1px solid #e4e7ec;color:#667085;font-size:12px">${escape(footer)}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

/** The same for those who read plain text. */
export function emailText({ heading, summary, whatToDo, fields, items, footer }: Letter): string {
  const parts = [
    heading,
    summary,
    items.map(({ text }) => `- ${text}`).join('\n'),
    fields.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    whatToDo === null ? '' : `What to do: ${whatToDo}`,
    `-- \n${footer}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Names of templates and organisations are other people's text. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
