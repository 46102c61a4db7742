/* global document */
/** Starts the page. */
import { App } from './app.mjs';
import { onChange } from './store.mjs';
import { listen } from './stream.mjs';
import { html, render } from './view.mjs';

const root = document.querySelector('#phone');
onChange((state) => render(html`<${App} state=${state} />`, root));
listen();
