'use strict';
/*
 * A server that listens on a port of the pod really listens on a free port of 127.0.0.1; the kubelet's process knows
 * both. The application sees 'listening' only when the port is known there, and the declared address ever after.
 */
const net = require('node:net');
const { ask, tell } = require('./control-socket.cjs');
const { listenError } = require('./system-error.cjs');

/** On a server: `{address, family, port}` as the application asked for. */
const declaredAddress = Symbol('kubelet.declaredAddress');
const { listen, address, close } = net.Server.prototype;

net.Server.prototype.listen = function (...args) {
  const [options, callback] = net._normalizeArgs(args);
  const port = portOf(args, options);
  if (port === undefined) return Reflect.apply(listen, this, args);

  this[declaredAddress] = declare(options.host, port);
  holdListening(this, options.host);
  const backlog = options.backlog ?? args.slice(1, 3).find((arg) => typeof arg === 'number');
  // `exclusive`: a cluster's workers share the pod's port in the kubelet's table, not by a handle.
  const real = { signal: options.signal, backlog, host: '127.0.0.1', port: 0, exclusive: true };
  return listen.call(this, real, callback ?? undefined);
};

/** The port to listen on; undefined for a path, a handle, and whatever Node shall complain about itself. */
function portOf(args, options) {
  if (options.path !== undefined || options.fd !== undefined || options._handle || options.handle) return undefined;
  const none = args.length === 0 || typeof args[0] === 'function' || options.port === null;
  if (none || ('port' in options && options.port === undefined)) return 0;
  if (typeof options.port !== 'number' && !(typeof options.port === 'string' && options.port.trim())) return undefined;
  const port = Number(options.port);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined;
}

function declare(host, port) {
  const wildcard = host === undefined || host === null || host === '';
  const shown = wildcard
    ? '::'
    : net.isIP(host)
      ? host
      : host === 'localhost'
        ? '127.0.0.1'
        : process.env.KUBELET_POD_IP;
  // Port 0 is chosen here, so that `address()` knows it at once; the range is the one Linux chooses from.
  const chosen = port || 32_768 + Math.floor(Math.random() * 28_232);
  return { address: shown, family: net.isIPv6(shown) ? 'IPv6' : 'IPv4', port: chosen };
}

/** Keeps back 'listening' until the kubelet's process knows the port. */
function holdListening(server, host) {
  const own = Object.getOwnPropertyDescriptor(server, 'emit');
  const emit = server.emit;
  server.emit = function (event, ...rest) {
    if (event !== 'listening' && event !== 'error') return Reflect.apply(emit, server, [event, ...rest]);
    if (own) Object.defineProperty(server, 'emit', own);
    else delete server.emit;
    if (event === 'error') return Reflect.apply(emit, server, [event, ...rest]);
    void register(server, host);
    return true;
  };
}

async function register(server, host) {
  const declared = server[declaredAddress];
  const { isWorker } = require('node:cluster');
  const { code } = await ask('listen', {
    host: host || '::',
    port: declared.port,
    realPort: address.call(server).port,
    share: isWorker ? process.ppid : undefined,
  });
  if (server[declaredAddress] !== declared) return;
  if (!code) {
    process.nextTick(() => server.emit('listening'));
    return;
  }
  server[declaredAddress] = undefined;
  server._handle?.close();
  server._handle = null;
  process.nextTick(() => server.emit('error', listenError(code, declared.address, declared.port)));
}

net.Server.prototype.address = function () {
  const declared = this[declaredAddress];
  return declared ? { ...declared } : address.call(this);
};

net.Server.prototype.close = function (callback) {
  if (this[declaredAddress] && this._handle) tell('unlisten', { realPort: address.call(this).port });
  this[declaredAddress] = undefined;
  return close.call(this, callback);
};

module.exports = { declaredAddress };
