import { resolve } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Config, ShutdownSteps } from '@parley/platform';
import { BucketDriver } from './bucket-driver.js';
import { FolderDriver } from './folder-driver.js';
import { MediaStorage } from './media-storage.js';

/** Provides MediaStorage, as the configuration names it. */
@Global()
@Module({
  providers: [
    {
      provide: MediaStorage,
      useFactory: (config: Config, shutdown: ShutdownSteps) => {
        const storage = openStorage(config);
        // By now nobody uploads and nothing is fetched.
        shutdown.add('close-redis', 'storage', () => storage.close());
        return storage;
      },
      inject: [Config, ShutdownSteps],
    },
  ],
  exports: [MediaStorage],
})
export class StorageModule {}

/** The storage that the configuration names. */
export function openStorage(config: Config): MediaStorage {
  if (config.STORAGE_DRIVER === 'folder') return new MediaStorage(new FolderDriver(resolve(config.STORAGE_FOLDER)));
  const { S3_BUCKET: bucket = '', S3_REGION: region, S3_ENDPOINT: endpoint, S3_FORCE_PATH_STYLE: forcePathStyle } = config;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  const driver = new BucketDriver({
    bucket,
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined && secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  });
  return new MediaStorage(driver, () => driver.close());
}
