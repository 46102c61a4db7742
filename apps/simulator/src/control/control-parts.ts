import { ChooseFault } from '../faults/choose-fault.js';
import { Chats } from '../feed/chats.js';
import { EventFeed } from '../feed/event-feed.js';
import { RecipientWishes } from '../graph/recipient-wishes.js';
import { CustomerChoices } from '../limits/customer-choices.js';
import { MarketingCaps } from '../limits/marketing-caps.js';
import { MessagingLimits } from '../limits/messaging-limits.js';
import { AccountsControlController } from './accounts-control.controller.js';
import { AddFault } from './add-fault.js';
import { BringInbound } from './bring-inbound.js';
import { ChangeNumber } from './change-number.js';
import { ChangeNumberState } from './change-number-state.js';
import { ChangeTemplate } from './change-template.js';
import { ChatsControlController } from './chats-control.controller.js';
import { ChooseForCustomer } from './choose-for-customer.js';
import { CustomerChoicesController } from './customer-choices.controller.js';
import { CustomerFiles } from './customer-files.js';
import { CustomersControlController } from './customers-control.controller.js';
import { FaultsControlController } from './faults-control.controller.js';
import { GrantsControlController } from './grants-control.controller.js';
import { IssueGrants } from './issue-grants.js';
import { Known } from './known.js';
import { MediaControlController } from './media-control.controller.js';
import { NumbersControlController } from './numbers-control.controller.js';
import { PlayCustomer } from './play-customer.js';
import { PutAccount } from './put-account.js';
import { ReadChat } from './read-chat.js';
import { ResetSimulator } from './reset-simulator.js';
import { SendCustomerFile } from './send-customer-file.js';
import { SimulatorControlController } from './simulator-control.controller.js';
import { TemplatesControlController } from './templates-control.controller.js';
import { TrafficControlController } from './traffic-control.controller.js';
import { TriggerControlController } from './trigger-control.controller.js';
import { ActedEvents } from './trigger/acted-events.js';
import { TriggerEvent } from './trigger/trigger-event.js';

/** What listens under /control. */
export const CONTROL_CONTROLLERS = [
  SimulatorControlController,
  AccountsControlController,
  GrantsControlController,
  NumbersControlController,
  TemplatesControlController,
  CustomersControlController,
  CustomerChoicesController,
  ChatsControlController,
  MediaControlController,
  TriggerControlController,
  FaultsControlController,
  TrafficControlController,
];

/** What the customers' side and the limits remember; every reset empties it. */
export const CONTROL_TRAFFIC = [Chats, CustomerChoices, MarketingCaps, MessagingLimits];

/** What the control API, the faults and the feed are made of. */
export const CONTROL_PROVIDERS = [
  EventFeed,
  ChooseFault,
  RecipientWishes,
  Known,
  AddFault,
  PutAccount,
  IssueGrants,
  ChangeTemplate,
  BringInbound,
  CustomerFiles,
  SendCustomerFile,
  PlayCustomer,
  ChooseForCustomer,
  ChangeNumber,
  ChangeNumberState,
  ActedEvents,
  TriggerEvent,
  ReadChat,
  ResetSimulator,
];
