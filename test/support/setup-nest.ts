// A CommonJS package that requires Nest while Nest is still being linked fails; loading Nest first cures it.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
