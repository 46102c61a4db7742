import type { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { S3Driver } from 'flydrive/drivers/s3';

/** A bucket of S3, or of a store that speaks its protocol. */
export interface BucketOptions {
  readonly bucket: string;
  readonly region: string;
  /** Of a store that is not of AWS. */
  readonly endpoint?: string;
  /** Without it the SDK takes what the machine provides. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly forcePathStyle: boolean;
}

/** Parts of one upload that go up at a time, each of 5 MB, the least that S3 takes: every part is in memory twice. */
const PARTS_AT_A_TIME = 1;
const CONNECT_TIMEOUT_MS = 5_000;
/** Without a byte more. */
const IDLE_TIMEOUT_MS = 30_000;

/** Objects in a bucket. A stream of unknown length goes up in parts, which become an object only when all are there. */
export class BucketDriver extends S3Driver {
  private readonly client: S3Client;
  private readonly bucketName: string;

  constructor({ bucket, endpoint, ...others }: BucketOptions) {
    const client = new S3Client({
      ...others,
      ...(endpoint !== undefined && {
        endpoint,
        // Checksums of the newer kind are unknown to many stores; the bytes of media have their SHA-256 beside them.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    });
    super({ client, bucket, visibility: 'private', supportsACL: false });
    this.client = client;
    this.bucketName = bucket;
  }

  override async putStream(key: string, content: Readable): Promise<void> {
    // A broken stream breaks the upload, which then takes its parts away.
    const params = { Bucket: this.bucketName, Key: key, Body: content, ContentType: 'application/octet-stream' };
    await new Upload({ client: this.client, params, queueSize: PARTS_AT_A_TIME }).done();
  }

  /** Ends its connections. */
  close(): void {
    this.client.destroy();
  }
}
