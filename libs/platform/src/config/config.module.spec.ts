import { ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { Config } from './config.js';
import { ConfigModule } from './config.module.js';
import { loadConfig } from './load-config.js';

describe('ConfigModule', () => {
  it('serves Config and ConfigService from one reading, and writes nothing into the environment', async () => {
    const config = loadConfig({ API_PORT: '4711' });
    const app = await Test.createTestingModule({ imports: [ConfigModule.forRoot(config)] }).compile();
    expect(app.get(Config)).toBe(config);
    expect(app.get(ConfigService).get('API_PORT')).toBe(4711);
    expect(app.get(ConfigService).get('HOME')).toBeUndefined();
    expect(process.env['PLATFORM_ADMIN_KEY']).toBeUndefined();
  });
});
