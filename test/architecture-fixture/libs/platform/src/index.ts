import { domain } from '@parley/domain'; // breaks: cycle
import { rows } from '@parley/data'; // breaks: lib-imports

// import { Queue } from 'bullmq'; is a comment, and so is process.env
export const clock = [domain, rows, "import 'pg'"];
