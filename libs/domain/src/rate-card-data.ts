import type { RateCard } from './rate-card.js';

const codes = (text: string): readonly string[] => text.split(' ');

/**
 * Meta's list prices per delivered message in US dollars, of the first volume tier, as they were public at the date
 * below. Meta changes them at the start of a quarter, and bills other currencies by cards of their own: an estimate, for
 * which RATE_CARD_FILE can put another. Markets go by country calling code, as Meta's do.
 */
export const LIST_RATE_CARD: RateCard = {
  currency: 'USD',
  asOf: '2026-01-01',
  markets: [
    { name: 'Argentina', callingCodes: ['54'], marketing: 0.0618, utility: 0.026, authentication: 0.026 },
    { name: 'Brazil', callingCodes: ['55'], marketing: 0.0625, utility: 0.0068, authentication: 0.0068 },
    { name: 'Chile', callingCodes: ['56'], marketing: 0.0889, utility: 0.02, authentication: 0.02 },
    { name: 'Colombia', callingCodes: ['57'], marketing: 0.0125, utility: 0.0008, authentication: 0.0008 },
    { name: 'Egypt', callingCodes: ['20'], marketing: 0.0644, utility: 0.0036, authentication: 0.0036 },
    { name: 'France', callingCodes: ['33'], marketing: 0.0859, utility: 0.03, authentication: 0.03 },
    { name: 'Germany', callingCodes: ['49'], marketing: 0.1365, utility: 0.055, authentication: 0.055 },
    { name: 'India', callingCodes: ['91'], marketing: 0.0118, utility: 0.0014, authentication: 0.0014 },
    { name: 'Indonesia', callingCodes: ['62'], marketing: 0.0411, utility: 0.025, authentication: 0.025 },
    { name: 'Israel', callingCodes: ['972'], marketing: 0.0353, utility: 0.0053, authentication: 0.0053 },
    { name: 'Italy', callingCodes: ['39'], marketing: 0.0691, utility: 0.03, authentication: 0.03 },
    { name: 'Malaysia', callingCodes: ['60'], marketing: 0.086, utility: 0.014, authentication: 0.014 },
    { name: 'Mexico', callingCodes: ['52'], marketing: 0.0305, utility: 0.0085, authentication: 0.0085 },
    { name: 'Netherlands', callingCodes: ['31'], marketing: 0.1597, utility: 0.05, authentication: 0.05 },
    { name: 'Nigeria', callingCodes: ['234'], marketing: 0.0516, utility: 0.0067, authentication: 0.0067 },
    { name: 'Pakistan', callingCodes: ['92'], marketing: 0.0473, utility: 0.0054, authentication: 0.0054 },
    { name: 'Peru', callingCodes: ['51'], marketing: 0.0703, utility: 0.02, authentication: 0.02 },
    { name: 'Russia', callingCodes: ['7'], marketing: 0.0802, utility: 0.04, authentication: 0.04 },
    { name: 'Saudi Arabia', callingCodes: ['966'], marketing: 0.0455, utility: 0.0107, authentication: 0.0107 },
    { name: 'South Africa', callingCodes: ['27'], marketing: 0.0379, utility: 0.0076, authentication: 0.0076 },
    { name: 'Spain', callingCodes: ['34'], marketing: 0.0615, utility: 0.02, authentication: 0.02 },
    { name: 'Turkey', callingCodes: ['90'], marketing: 0.0109, utility: 0.0053, authentication: 0.0053 },
    { name: 'United Arab Emirates', callingCodes: ['971'], marketing: 0.0499, utility: 0.0157, authentication: 0.0157 },
    { name: 'United Kingdom', callingCodes: ['44'], marketing: 0.0529, utility: 0.022, authentication: 0.022 },
    { name: 'North America', callingCodes: ['1'], marketing: 0.025, utility: 0.0034, authentication: 0.0034 },
    {
      name: 'Rest of Africa',
      callingCodes: codes(
        '211 212 213 216 218 220 221 222 223 225 226 227 228 229 231 232 233 235 237 241 242 244 245 249 250 251 252 254 255 256 257 258 260 261 263 264 265 266 267 268 291',
      ),
      marketing: 0.0225,
      utility: 0.004,
      authentication: 0.004,
    },
    {
      name: 'Rest of Asia Pacific',
      callingCodes: codes('61 63 64 65 66 675 81 84 852 855 856 86 880 886 93 94 976 977 992 993 998'),
      marketing: 0.0732,
      utility: 0.0113,
      authentication: 0.0113,
    },
    {
      name: 'Rest of Central and Eastern Europe',
      callingCodes: codes('30 355 359 36 370 371 373 374 375 380 381 385 386 389 40 420 421 48 994 995'),
      marketing: 0.086,
      utility: 0.0212,
      authentication: 0.0212,
    },
    {
      name: 'Rest of Latin America',
      callingCodes: codes('1658 1787 1809 1829 1849 1876 1939 502 503 504 505 506 507 509 58 591 593 595 598'),
      marketing: 0.074,
      utility: 0.0113,
      authentication: 0.0113,
    },
    {
      name: 'Rest of Middle East',
      callingCodes: codes('961 962 964 965 967 968 973 974'),
      marketing: 0.0341,
      utility: 0.0091,
      authentication: 0.0091,
    },
    {
      name: 'Rest of Western Europe',
      callingCodes: codes('32 351 353 358 41 43 45 46 47'),
      marketing: 0.0592,
      utility: 0.0171,
      authentication: 0.0171,
    },
  ],
  other: { marketing: 0.0604, utility: 0.0077, authentication: 0.0077 },
};
