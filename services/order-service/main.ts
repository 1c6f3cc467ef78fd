import { run } from '../shared/run.ts';
import { createApp } from './app.ts';
import { variables } from './config.ts';

void run('order-service', variables, createApp);
