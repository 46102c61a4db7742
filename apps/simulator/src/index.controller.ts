import { Controller, Get } from '@nestjs/common';

/** GET /: what this is and where things are. */
@Controller()
export class IndexController {
  @Get()
  index(): object {
    return {
      name: "Parley's stand-in for the WhatsApp Cloud API",
      graph: 'The Graph API starts right here: /v25.0/{phone-number-id}/messages, or without a version.',
      phone: '/phone/ shows what customers see.',
      control: '/docs describes the control API: faults, customers, reviews, the ledger, the stream, the clock.',
      documentation: 'apps/simulator/README.md',
    };
  }
}
