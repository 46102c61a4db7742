import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccountsControlController } from './control/accounts-control.controller.js';
import { ChangeTemplate } from './control/change-template.js';
import { CustomersControlController } from './control/customers-control.controller.js';
import { PlayCustomer } from './control/play-customer.js';
import { PutAccount } from './control/put-account.js';
import { ACCOUNTS, ResetSimulator, TRAFFIC, type Clearable } from './control/reset-simulator.js';
import { SimulatorControlController } from './control/simulator-control.controller.js';
import { TrafficControlController } from './control/traffic-control.controller.js';
import { ErrorFilter } from './error.filter.js';
import { FaultQueue } from './faults/fault-queue.js';
import { AccountsController } from './graph/accounts.controller.js';
import { AnswerPace } from './graph/answer-pace.js';
import { DebugTokenController } from './graph/debug-token.controller.js';
import { JudgeSend } from './graph/judge-send.js';
import { MessagesController } from './graph/messages.controller.js';
import { NodesController } from './graph/nodes.controller.js';
import { ReadMarks } from './graph/read-marks.js';
import { SendLimits } from './graph/send-limits.js';
import { SendMessage } from './graph/send-message.js';
import { SendableTemplates } from './graph/sendable-templates.js';
import { SubscribedAppsController } from './graph/subscribed-apps.controller.js';
import { TokenAccess } from './graph/token-access.js';
import { IndexController } from './index.controller.js';
import { PairBuckets } from './limits/pair-buckets.js';
import { ThroughputWindows } from './limits/throughput-windows.js';
import { Identifiers } from './random/identifiers.js';
import { SeededRandom } from './random/seeded-random.js';
import { Accounts } from './state/accounts.js';
import { Apps } from './state/apps.js';
import { Customers } from './state/customers.js';
import { Ledger } from './state/ledger.js';
import { Settings } from './state/settings.js';
import { Handshake } from './webhooks/handshake.js';
import { StatusPlayer } from './webhooks/status-player.js';
import { Timers } from './webhooks/timers.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { WebhookTransport } from './webhooks/webhook-transport.js';

const ACCOUNT_STATE = [Apps, Accounts];
const TRAFFIC_STATE = [Timers, WebhookSender, Ledger, Customers, Settings, FaultQueue, ThroughputWindows, PairBuckets];

const graph = [TokenAccess, SendableTemplates, SendLimits, JudgeSend, SendMessage, ReadMarks, AnswerPace];
const webhooks = [WebhookTransport, Handshake, StatusPlayer];
const control = [PutAccount, ChangeTemplate, PlayCustomer, ResetSimulator];

const reset: Provider[] = [
  { provide: TRAFFIC, inject: TRAFFIC_STATE, useFactory: (...parts: Clearable[]) => parts },
  { provide: ACCOUNTS, inject: ACCOUNT_STATE, useFactory: (...parts: Clearable[]) => parts },
];

/** The whole simulator; its state lives in the providers and ends with the process. */
@Module({})
export class SimulatorModule {
  static forSeed(seed: number): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [
        IndexController,
        SimulatorControlController,
        AccountsControlController,
        CustomersControlController,
        TrafficControlController,
        DebugTokenController,
        MessagesController,
        AccountsController,
        SubscribedAppsController,
        NodesController,
      ],
      providers: [
        { provide: SeededRandom, useValue: new SeededRandom(seed) },
        { provide: APP_FILTER, useClass: ErrorFilter },
        Identifiers,
        ...ACCOUNT_STATE,
        ...TRAFFIC_STATE,
        ...graph,
        ...webhooks,
        ...control,
        ...reset,
      ],
    };
  }
}
