import type { JobProcessor } from './job-processor.js';
import { JOB_NAMES, type JobName } from './jobs.js';

/** Every declared job has exactly one processor. @throws Error that names each job for which this is not so. */
export function assertHandlers(
  processors: readonly JobProcessor[],
  declared: readonly JobName[] = JOB_NAMES,
): ReadonlyMap<string, JobProcessor> {
  const problems = declared.flatMap((name) => {
    const classes = processors.filter(({ job }) => job === name).map((processor) => processor.constructor.name);
    if (classes.length === 1) return [];
    return [classes.length === 0 ? `${name} has no processor` : `${name} has several: ${classes.join(', ')}`];
  });
  const unknown = processors.filter(({ job }) => !declared.includes(job));
  problems.push(
    ...unknown.map((processor) => `${processor.constructor.name} runs ${processor.job}, which is not declared`),
  );
  if (problems.length > 0) throw new Error(`The job catalogue and the processors differ: ${problems.join('; ')}`);
  return new Map(processors.map((processor) => [processor.job, processor]));
}
