import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { errorPage } from '@parley/platform';
import { Public } from '../auth/index.js';
import { found } from '../http/id.js';

/** Where the `type` of a problem leads. */
@ApiExcludeController()
@Public()
@Controller('docs/errors')
export class ErrorPagesController {
  @Get(':code')
  @Header('content-type', 'text/html; charset=utf-8')
  page(@Param('code') code: string): string {
    return found(errorPage(code));
  }
}
