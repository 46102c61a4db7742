import type { GraphClient } from '@parley/graph';

/** The calls of the client that reach Meta. */
export type GraphCallName = Exclude<keyof GraphClient, 'close'>;

/**
 * The operation of Meta's description behind each call; null where the description has none. The compiler demands a line
 * for every call that the client gets.
 */
export const OPERATIONS: Readonly<Record<GraphCallName, string | null>> = {
  sendMessage: 'sendMessage',
  markRead: 'sendMessage',
  uploadMedia: 'uploadImage',
  getMedia: 'retrieveMediaUrl',
  downloadMedia: null,
  deleteMedia: 'deleteMedia',
  listTemplates: 'getTemplateByNameDefaultFields',
  getTemplate: 'getTemplateByIdDefaultFields',
  createTemplate: 'createAuthenticationTemplateWOtpCopyCodeButton',
  editTemplate: 'editTemplate',
  deleteTemplate: 'deleteTemplateByName',
  unpauseTemplate: null,
  getAccount: 'getWhatsAppBusinessAccountDetails',
  listPhoneNumbers: 'getWhatsAppBusinessAccountPhoneNumbers',
  getPhoneNumber: 'getPhoneNumberById',
  getHealthStatus: 'getPhoneNumberById',
  addPhoneNumber: 'createWhatsAppBusinessAccountPhoneNumber',
  requestCode: 'requestVerificationCode',
  verifyCode: 'verifyPhoneNumberCode',
  register: 'registerWhatsAppBusinessPhoneNumber',
  deregister: 'deregisterPhoneNumber',
  setPin: 'updatePhoneNumberStatus',
  overrideNumberCallback: 'updatePhoneNumberStatus',
  subscribeApp: 'subscribeToWabaWebhooks',
  unsubscribeApp: 'unsubscribeFromWabaWebhooks',
  listSubscribedApps: 'getAllSubscriptionsForAWaba',
  getBusinessProfile: 'getWhatsAppBusinessProfile',
  updateBusinessProfile: 'updateWhatsAppBusinessProfileInformation',
  listBlockedUsers: 'getBlockedUsers',
  blockUsers: 'blockUserS',
  unblockUsers: 'unblockUserS',
  exchangeCode: null,
  debugToken: null,
  uploadSample: null,
  ping: null,
};

/** What the simulator answers beyond what the client asks, for those who build against it: the operations behind it. */
export const SIMULATED: Readonly<Record<string, string>> = {
  readSettings: 'getPhoneNumberSettings',
  changeSettings: 'updatePhoneNumberSettings',
};
