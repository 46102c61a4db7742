import { Controller, Get, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { AccessUndeclared, AssertAccessDeclared } from './assert-access-declared.js';
import { Public, RequireScope } from './index.js';

@Controller('declared')
class DeclaredController {
  @Get('a')
  @RequireScope('messages:read')
  read(): void {}

  @Get('b')
  @Public()
  open(): void {}

  notARoute(): void {}
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  @RequireScope('messages:read')
  read(): void {}

  @Get('all')
  forgotten(): void {}
}

async function boot(...controllers: Type[]): Promise<AssertAccessDeclared> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers,
    providers: [AssertAccessDeclared],
  }).compile();
  await module.init();
  return module.get(AssertAccessDeclared);
}

describe('AssertAccessDeclared', () => {
  it('starts when every route says who may call it', async () => {
    const declared = await boot(DeclaredController);
    expect(declared.routes().map(({ name }) => name)).toEqual(['DeclaredController.read', 'DeclaredController.open']);
  });

  it('does not start with a route that says nothing, and names it', async () => {
    const refusal = boot(DeclaredController, ForgottenController);
    await expect(refusal).rejects.toBeInstanceOf(AccessUndeclared);
    await expect(refusal).rejects.toMatchObject({ routes: ['ForgottenController.forgotten'] });
  });
});
