/** The first lines of a generated page. */
export function pageHead(title: string, declaredIn: string, intro: string): string {
  return `# ${title}\n\n<!-- Generated from ${declaredIn} by \`npm run reference\`. Change it there. -->\n\n${intro}\n`;
}

/** A table; `|` inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n') + '\n';
}
