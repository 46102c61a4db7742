import { Controller, Get } from '@nestjs/common';

/** GET /: what this is and where things are. */
@Controller()
export class IndexController {
  @Get()
  index(): object {
    return {
      name: "Parley's stand-in for the WhatsApp Cloud API",
      graph: 'The Graph API starts right here: /v25.0/{phone-number-id}/messages, or without a version.',
      control: {
        health: 'GET /control/health',
        reset: 'POST /control/reset',
        settings: 'GET, PUT /control/settings',
        apps: 'GET, POST /control/apps',
        accounts: 'GET, POST /control/accounts',
        templates: 'PUT /control/templates/{id}',
        customers: 'POST /control/customers/{phone}/messages, /read, /close-window; PUT /control/customers/{phone}',
        ledger: 'GET /control/ledger, /control/ledger/count',
        receiver: 'GET /control/receiver',
        webhooks: 'POST /control/webhooks',
        faults: 'GET, POST, DELETE /control/faults',
      },
      documentation: 'apps/simulator/README.md',
    };
  }
}
