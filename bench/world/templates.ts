/** Templates of everyday business: positional and named variables, a header, a button. */
export const TEMPLATES = [
  {
    name: 'order_confirmation',
    language: 'en_US',
    parameterFormat: 'POSITIONAL',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{1}}, your order {{2}} is confirmed. Thank you!',
        example: { body_text: [['Ana', 'A-1042']] },
      },
    ],
    /** What a caller of `POST /v1/messages` gives. */
    parameters: (at: number) => ({ body: [`Guest ${at}`, `A-${at}`] }),
  },
  {
    name: 'table_reminder',
    language: 'ro',
    parameterFormat: 'NAMED',
    components: [
      {
        type: 'BODY',
        text: 'Bună {{first_name}}, vă așteptăm astăzi la {{time}}. Pe curând!',
        example: {
          body_text_named_params: [
            { param_name: 'first_name', example: 'Ana' },
            { param_name: 'time', example: '19:30' },
          ],
        },
      },
    ],
    parameters: (at: number) => ({ body: { first_name: `Ștefania ${at}`, time: '19:30' } }),
  },
  {
    name: 'order_shipped',
    language: 'en_US',
    parameterFormat: 'POSITIONAL',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['A-1042'] } },
      { type: 'BODY', text: 'Dear {{1}}, it left our kitchen at {{2}}.', example: { body_text: [['Ana', '18:05']] } },
      { type: 'FOOTER', text: 'Trattoria' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'URL', text: 'Follow it', url: 'https://example.com/orders/{{1}}', example: ['A-1042'] }],
      },
    ],
    parameters: (at: number) => ({
      header: [`A-${at}`],
      body: [`Guest ${at}`, '18:05'],
      buttons: [{ index: 0, text: `A-${at}` }],
    }),
  },
] as const;
