'use strict';
/*
 * The line to the kubelet's process: newline JSON, `{id, op, …}` there and `{id, …}` back. It does not keep the
 * process alive, except while a question is open.
 */
const net = require('node:net');

const connect = net.Socket.prototype.connect;
/** @type {Map<number, (answer: any) => void>} */
const waiting = new Map();
let socket;
let lastId = 0;

function open() {
  const opened = connect.call(new net.Socket(), { path: process.env.KUBELET_SOCK });
  let unread = '';
  opened.setEncoding('utf8');
  opened.on('data', (text) => {
    const lines = (unread + text).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) settle(JSON.parse(line));
  });
  opened.on('error', () => {});
  opened.on('close', () => {
    // The engine is gone, perhaps by kill -9: nobody else would ever end this process.
    if (require('node:worker_threads').isMainThread) process.kill(process.pid, 'SIGKILL');
    socket = undefined;
    for (const id of waiting.keys()) settle({ id, code: 'ECONNREFUSED' });
  });
  opened.unref();
  opened.write(`${JSON.stringify({ op: 'hello', token: process.env.KUBELET_POD })}\n`);
  return opened;
}

function settle(answer) {
  const resolve = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (waiting.size === 0) socket?.unref();
  resolve?.(answer);
}

/** Asks and resolves with the answer, which has `code` when the kubelet refuses. Never rejects. */
function ask(op, question) {
  return new Promise((resolve) => {
    socket ??= open();
    const id = ++lastId;
    waiting.set(id, resolve);
    socket.ref();
    socket.write(`${JSON.stringify({ id, op, ...question })}\n`);
  });
}

/** Says something that needs no answer. */
function tell(op, news) {
  socket ??= open();
  socket.write(`${JSON.stringify({ op, ...news })}\n`);
}

/** Opens the line at once, so that this process ends when the kubelet's does. */
function holdOn() {
  socket ??= open();
}

module.exports = { ask, tell, holdOn, connect };
