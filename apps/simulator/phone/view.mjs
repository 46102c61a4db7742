/** The view's library: components are functions that return what `html` makes. Text in it is always text, never HTML. */
import { Component, createRef, h, render } from './vendor/preact/preact.mjs';
import htm from './vendor/htm/htm.mjs';

export const html = htm.bind(h);
export { Component, createRef, render };
