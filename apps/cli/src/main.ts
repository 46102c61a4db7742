import { CommanderError } from 'commander';
import { terminalFor } from './context.js';
import { CliFailure, EXIT } from './failure.js';
import { buildProgram } from './program.js';

// A reader that has enough, such as `head`, closes the pipe: that is no error, and `listen` still has to tidy up.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (process.listenerCount('SIGPIPE') > 0) process.emit('SIGPIPE');
  else process.exit();
});

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
