/** Starts the window. */
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import 'uplot/dist/uPlot.min.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target });
