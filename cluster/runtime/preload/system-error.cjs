'use strict';
/* Errors as Node itself makes them, down to the stack: an application's log must not show the simulation. */
const os = require('node:os');

function withoutOwnFrames(message, frame) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new Error(message);
  Error.stackTraceLimit = limit;
  error.stack = `Error: ${message}\n    at ${frame}`;
  return error;
}

/** `connect ECONNREFUSED 10.43.0.14:8080`, as `net` reports it. */
function connectError(code, address, port) {
  const error = withoutOwnFrames(
    `connect ${code} ${address}:${port}`,
    'TCPConnectWrap.afterConnect [as oncomplete] (node:net)',
  );
  return Object.assign(error, { errno: -os.constants.errno[code], code, syscall: 'connect', address, port });
}

const listenReasons = { EADDRINUSE: 'address already in use', EADDRNOTAVAIL: 'address not available' };

/** `listen EADDRINUSE: address already in use :::3000`, as `net` reports it. */
function listenError(code, address, port) {
  const reason = listenReasons[code] ? `${code}: ${listenReasons[code]}` : code;
  const error = withoutOwnFrames(
    `listen ${reason} ${address}:${port}`,
    'Server.setupListenHandle [as _listen2] (node:net)',
  );
  return Object.assign(error, { code, errno: -os.constants.errno[code], syscall: 'listen', address, port });
}

/** `getaddrinfo ENOTFOUND databse` or `queryA ENOTFOUND databse`, as `dns` reports it. */
function dnsError(syscall, code, hostname) {
  const byLibc = syscall === 'getaddrinfo';
  const frame = byLibc
    ? 'GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns)'
    : 'QueryReqWrap.onresolve [as oncomplete] (node:internal/dns/utils)';
  const error = withoutOwnFrames(`${syscall} ${code} ${hostname}`, frame);
  // libuv's own numbers; the operating system has none.
  const errno = byLibc ? (code === 'EAI_AGAIN' ? -3001 : -3008) : undefined;
  return Object.assign(error, { errno, code, syscall, hostname });
}

module.exports = { connectError, listenError, dnsError };
