import { CommanderError } from 'commander';
import { terminalFor } from './context.js';
import { CliFailure, EXIT } from './failure.js';
import { buildProgram } from './program.js';

const program = buildProgram((code) => (process.exitCode = code));
try {
  await program.parseAsync();
} catch (error) {
  // Commander has told what is wrong with the command line, or has shown the help that was asked for.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else if (error instanceof CliFailure) {
    terminalFor(process.argv.includes('--json')).failure(error);
    process.exitCode = error.exitCode;
  } else throw error;
}
