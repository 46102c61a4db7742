/** The whole simulator in a process of its own, as it runs for developers; it listens on a free port. */
import { startSimulator } from '../../apps/simulator/src/simulator.js';

const app = await startSimulator({ host: '127.0.0.1', port: 0, seed: 1 });
process.on('disconnect', () => process.exit());
process.send?.({ url: await app.getUrl() });
