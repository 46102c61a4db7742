import { CallUsage } from '../state/call-usage.js';
import { ByteStore } from '../state/byte-store.js';
import { Clock } from '../state/clock.js';
import { MediaStore } from '../state/media-store.js';
import { NumberBelongings } from '../state/number-belongings.js';
import { OAuthCodes } from '../state/oauth-codes.js';
import { PublicAddress } from '../state/public-address.js';
import { Registrations } from '../state/registrations.js';
import { TemplateNames } from '../state/template-names.js';
import { Tokens } from '../state/tokens.js';
import { Uploads } from '../state/uploads.js';
import { AnswerPace } from './answer-pace.js';
import { OAuthController } from './apps/oauth.controller.js';
import { UploadsController } from './apps/uploads.controller.js';
import { BlockUsersController } from './business/block-users.controller.js';
import { BlockUsers } from './business/block-users.js';
import { BusinessProfileController } from './business/business-profile.controller.js';
import { ChangeProfile } from './business/change-profile.js';
import { CoexistenceSync } from './business/coexistence-sync.js';
import { SettingsController } from './business/settings.controller.js';
import { SmbAppDataController } from './business/smb-app-data.controller.js';
import { TellCoexistence } from './business/tell-coexistence.js';
import { UsernamesController } from './business/usernames.controller.js';
import { CallMeter } from './call-meter.js';
import { CanBeSent } from './can-be-sent.js';
import { ChangeNode } from './change-node.js';
import { HealthStatus } from './health-status.js';
import { JudgeSend } from './judge-send.js';
import { MarketingMessages } from './marketing-messages.js';
import { CheckSentMedia } from './media/check-sent-media.js';
import { MediaNodes } from './media/media-nodes.js';
import { MediaUrls } from './media/media-urls.js';
import { MediaController } from './media/media.controller.js';
import { UploadMedia } from './media/upload-media.js';
import { MessagesController } from './messages.controller.js';
import { NodesController } from './nodes.controller.js';
import { Nodes } from './nodes.js';
import { AddNumber } from './numbers/add-number.js';
import { EditNumber } from './numbers/edit-number.js';
import { NumberEvents } from './numbers/number-events.js';
import { NumberNodes } from './numbers/number-nodes.js';
import { NumberReviews } from './numbers/number-reviews.js';
import { PhoneNumbersController } from './numbers/phone-numbers.controller.js';
import { RegisterNumber } from './numbers/register-number.js';
import { RegistrationController } from './numbers/registration.controller.js';
import { VerifyNumber } from './numbers/verify-number.js';
import { OverrideCallback } from './override-callback.js';
import { ReadMarks } from './read-marks.js';
import { SendLimits } from './send-limits.js';
import { SendMessage } from './send-message.js';
import { SendableTemplates } from './sendable-templates.js';
import { SubscribedAppsController } from './subscribed-apps.controller.js';
import { TakeMessage } from './take-message.js';
import { EditTemplate } from './templates/edit-template.js';
import { HeaderHandles } from './templates/header-handles.js';
import { TemplateEvents } from './templates/template-events.js';
import { TemplateReviews } from './templates/template-reviews.js';
import { TemplatesController } from './templates/templates.controller.js';
import { WriteTemplates } from './templates/write-templates.js';
import { TokenAccess } from './token-access.js';

/** The Graph API's endpoints; the last one takes every id that no other path claims. */
export const GRAPH_CONTROLLERS = [
  OAuthController,
  UploadsController,
  MessagesController,
  MediaController,
  TemplatesController,
  PhoneNumbersController,
  RegistrationController,
  BusinessProfileController,
  BlockUsersController,
  SettingsController,
  UsernamesController,
  SmbAppDataController,
  SubscribedAppsController,
  NodesController,
];

/** What belongs to accounts; a reset that keeps the accounts keeps it. */
export const GRAPH_ACCOUNT_STATE = [Tokens, OAuthCodes, TemplateNames, Uploads, Registrations, NumberBelongings];

/** What every reset empties. */
export const GRAPH_TRAFFIC = [Clock, CallUsage, MediaStore];

const sending = [
  TakeMessage,
  MarketingMessages,
  CanBeSent,
  CheckSentMedia,
  SendableTemplates,
  SendLimits,
  JudgeSend,
  SendMessage,
  ReadMarks,
  AnswerPace,
];
const media = [ByteStore, UploadMedia, MediaUrls, MediaNodes];
const templates = [TemplateEvents, TemplateReviews, HeaderHandles, WriteTemplates, EditTemplate];
const numbers = [NumberEvents, NumberReviews, NumberNodes, AddNumber, VerifyNumber, RegisterNumber, EditNumber];
const business = [ChangeProfile, BlockUsers, TellCoexistence, CoexistenceSync];

/** What the endpoints are made of. */
export const GRAPH_PROVIDERS = [
  PublicAddress,
  CallMeter,
  TokenAccess,
  OverrideCallback,
  HealthStatus,
  Nodes,
  ChangeNode,
  ...sending,
  ...media,
  ...templates,
  ...numbers,
  ...business,
];
