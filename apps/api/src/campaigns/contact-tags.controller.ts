import { Controller, Delete, HttpCode, HttpStatus, Param, Put, type PipeTransform } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { addContactTag, removeContactTag, SystemDb } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id, notFound } from '../http/id.js';
import { TAG } from './campaign.dto.js';

class TagPipe implements PipeTransform<string, string> {
  transform(tag: string): string {
    if (TAG.test(tag)) return tag.trim();
    const detail = 'A tag is 1 to 63 letters, digits and . : _ - or spaces.';
    throw new DomainError('request.invalid', detail, { errors: [{ pointer: '/tag', code: 'field.invalid', detail }] });
  }
}

const TAG_PARAM = { name: 'tag', schema: { type: 'string', examples: ['vip'] } } as const;

/** Words by which a tenant groups its contacts; a campaign may go to all that have one. */
@ApiTags('contacts')
@Controller('contacts/:id/tags')
export class ContactTagsController {
  constructor(private readonly db: SystemDb) {}

  @Put(':tag')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('contacts:write')
  @ApiOperation({ operationId: 'addContactTag', summary: 'Tag a contact' })
  @ApiParam(TAG_PARAM)
  @ApiNoContentResponse({ description: 'The contact has the tag.' })
  async add(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Param('tag', TagPipe) tag: string): Promise<void> {
    if (!(await addContactTag(this.db, tenantId, id, tag))) throw notFound();
  }

  @Delete(':tag')
  @HttpCode(HttpStatus.NO_CONTENT)
  @RequireScope('contacts:write')
  @ApiOperation({ operationId: 'removeContactTag', summary: 'Take a tag off a contact' })
  @ApiParam(TAG_PARAM)
  @ApiNoContentResponse({ description: 'The contact does not have the tag.' })
  async remove(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Param('tag', TagPipe) tag: string): Promise<void> {
    if (!(await removeContactTag(this.db, tenantId, id, tag))) throw notFound();
  }
}
