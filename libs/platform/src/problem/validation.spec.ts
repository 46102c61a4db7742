import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { DomainError } from '@parley/domain';
import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsString, ValidateNested } from 'class-validator';
import { VALIDATION_OPTIONS } from './validation.js';

class Parameter {
  @IsString()
  'a/b~c'!: string;
}

class Body {
  @IsNotEmpty()
  @IsString()
  to!: string;

  @IsInt()
  count!: number;

  @ValidateNested({ each: true })
  @Type(() => Parameter)
  parameters!: Parameter[];
}

const pipe = new ValidationPipe(VALIDATION_OPTIONS);
const check = (body: unknown): Promise<unknown> =>
  pipe.transform(body, { type: 'body', metatype: Body }) as Promise<unknown>;
const valid = { to: '+40722123123', count: 1, parameters: [{ 'a/b~c': 'x' }] };

async function errorsOf(body: unknown) {
  const error: unknown = await check(body).catch((thrown: unknown) => thrown);
  if (!(error instanceof DomainError)) throw new Error('it was taken');
  expect(error.code).toBe('request.invalid');
  return error.errors;
}

describe('VALIDATION_OPTIONS', () => {
  it('give the controller an instance', async () => {
    expect(await check(valid)).toBeInstanceOf(Body);
  });

  it('report every field by its pointer', async () => {
    const errors = await errorsOf({ count: '1', parameters: [{ 'a/b~c': 'x' }, { 'a/b~c': 7 }] });
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/to', 'field.invalid'],
      ['/to', 'field.missing'],
      ['/count', 'field.invalid'],
      ['/parameters/1/a~1b~0c', 'field.invalid'],
    ]);
  });

  it('refuse unknown fields, also those that would choose another tenant', async () => {
    const body = { ...valid, tenantId: 'other', role: 'admin' };
    expect((await errorsOf(body)).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/tenantId', 'field.unknown'],
      ['/role', 'field.unknown'],
    ]);
  });

  it('let nobody choose the class of a body', async () => {
    const body = JSON.parse(
      '{"to":"a","count":1,"parameters":[],"constructor":"x","__proto__":{"tenantId":"other"}}',
    ) as unknown;
    const taken = await check(body);
    expect(taken).toBeInstanceOf(Body);
    expect(taken).not.toHaveProperty('tenantId');
  });

  it('never quote what was sent', async () => {
    const errors = await errorsOf({ to: ['canary'], count: 'canary', parameters: [{ 'a/b~c': { x: 'canary' } }] });
    expect(JSON.stringify(errors)).not.toContain('canary');
  });
});
