import 'fast-check'; // breaks: pure-domain
import { Injectable } from '@nestjs/common'; // breaks: pure-domain
import { clock } from '@parley/platform'; // breaks: lib-imports, cycle
import { readFileSync } from 'node:fs'; // breaks: pure-domain
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';

export const domain = [Injectable, clock, readFileSync, parsePhoneNumberFromString];
