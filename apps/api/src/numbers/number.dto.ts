import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

export const GRAPH_ID = /^\d{1,32}$/;
export const GRAPH_ID_MESSAGE = 'an id of Meta is a string of digits';
/** It travels in a header, so it can hold neither blanks nor line breaks. */
export const TOKEN = /^[\x21-\x7e]{1,2048}$/;
export const TOKEN_MESSAGE = 'an access token is 1 to 2048 printable ASCII characters without blanks';

/** The access token of a WhatsApp Business account. It is sealed at once and never shown again. */
export class AccessTokenDto {
  @ApiProperty({
    writeOnly: true,
    example: 'EAAJB…',
    description: 'A token of a system user with whatsapp_business_messaging and whatsapp_business_management.',
  })
  @Matches(TOKEN, { message: TOKEN_MESSAGE })
  accessToken!: string;
}

/** A number to connect, by Meta's ids. */
export class ConnectNumberDto extends AccessTokenDto {
  @ApiProperty({ example: '106540352242922', description: "Meta's id of the phone number (not the number itself)." })
  @Matches(GRAPH_ID, { message: GRAPH_ID_MESSAGE })
  phoneNumberId!: string;

  @ApiProperty({ example: '104996122399160', description: "Meta's id of the WhatsApp Business account." })
  @Matches(GRAPH_ID, { message: GRAPH_ID_MESSAGE })
  wabaId!: string;
}
