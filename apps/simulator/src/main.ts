import { ConsoleLogger } from '@nestjs/common';
import { readConfig } from './simulator.config.js';
import { startSimulator } from './simulator.js';

const config = readConfig(process.env);
const app = await startSimulator(config);
const url = await app.getUrl();
new ConsoleLogger('Simulator', { json: true }).log({ event: 'simulator.started', url, seed: config.seed });
