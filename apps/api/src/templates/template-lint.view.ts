import { ApiProperty } from '@nestjs/swagger';
import { breaksRules, LINT_RULES, type LintFinding, type LintRule, type LintSeverity } from '@parley/domain';
import { TemplateView } from './template.view.js';

/** One thing in a template that breaks a rule of Meta's. */
export class LintFindingView implements LintFinding {
  @ApiProperty({ enum: Object.keys(LINT_RULES), example: 'variable.at-edge' })
  rule!: LintRule;

  @ApiProperty({ enum: ['error', 'warning'], description: 'error: it is not sent to Meta. warning: Meta may reject it at review.' })
  severity!: LintSeverity;

  @ApiProperty({ example: '/components/0/text', description: 'JSON pointer into the body.' })
  pointer!: string;

  @ApiProperty({ example: 'The text begins or ends with a variable.' })
  detail!: string;

  @ApiProperty({ example: 'A body does not begin or end with a variable (2388299).', description: "Meta's rule." })
  metaRule!: string;

  @ApiProperty({ example: 'Put words before and after it.' })
  fix!: string;
}

/** What holding a template against the rules found. */
export class LintReportView {
  @ApiProperty({ example: false, description: 'Whether it can be submitted.' })
  ok!: boolean;

  @ApiProperty({ type: [LintFindingView] })
  findings!: LintFindingView[];
}

/** A template that was written, and what is to be said of it. */
export class WrittenTemplateView extends TemplateView {
  @ApiProperty({ type: [LintFindingView], description: 'What breaks rules; a draft may, until it is submitted.' })
  findings!: LintFindingView[];
}

export function lintReport(findings: readonly LintFinding[]): LintReportView {
  return { ok: !breaksRules(findings), findings: [...findings] };
}
