import { mount } from 'svelte';
import { loadConfig } from './api/config.svelte';
import App from './shell/App.svelte';
import './theme.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
void loadConfig();
mount(App, { target });
