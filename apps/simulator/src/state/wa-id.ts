/** Numbers of Mexico have a 1 after the country code, those of Argentina a 9, in WhatsApp's ids. */
const MEXICO = /^52(\d{10})$/;
const ARGENTINA = /^54(\d{10})$/;

/** Brazil put a 9 before its mobile numbers. WhatsApp kept the old form of accounts outside the areas 11 to 28. */
const BRAZIL_NEW = /^55([3-9]\d)9(\d{8})$/;
const BRAZIL_OLD = /^55([12]\d)([6-9]\d{7})$/;

/**
 * What WhatsApp calls the owner of a phone number, in the countries where that is not the number itself. In truth no rule
 * fits every Brazilian account: give a customer a `waId` where another one is wanted.
 */
export function waIdOf(phone: string): string {
  return phone
    .replace(MEXICO, '521$1')
    .replace(ARGENTINA, '549$1')
    .replace(BRAZIL_NEW, '55$1$2')
    .replace(BRAZIL_OLD, (_all, area: string, rest: string) => `55${area}9${rest}`);
}
