import type { FastifyInstance, FastifyReply } from 'fastify';
import { isControl } from '../error.filter.js';
import { GraphError } from '../graph/graph-error.js';
import type { Identifiers } from '../random/identifiers.js';
import { answerWithFault } from './answer-faults.js';
import type { Fault } from './fault.js';
import type { FaultQueue } from './fault-queue.js';

/** Lets faults that name a path strike any Graph request, before anything else looks at it. */
export function addPathFaults(fastify: FastifyInstance, queue: FaultQueue, identifiers: Identifiers): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const fault = isControl(path) ? undefined : queue.takeForPath(path);
    if (!fault) return done();
    answer(fault, reply, identifiers);
  });
}

function answer(fault: Fault, reply: FastifyReply, identifiers: Identifiers): void {
  try {
    answerWithFault(fault, reply);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    void reply.status(error.httpStatus).send(error.toEnvelope(identifiers.trace()));
  }
}
