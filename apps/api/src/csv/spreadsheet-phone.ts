/** Spreadsheets take the + of a number for a sum and drop it; 00 is how it is dialled. */
export function spreadsheetPhone(phone: string): string {
  if (/^00[1-9]/.test(phone)) return `+${phone.slice(2)}`;
  return /^[1-9]\d{9,14}$/.test(phone) ? `+${phone}` : phone;
}
