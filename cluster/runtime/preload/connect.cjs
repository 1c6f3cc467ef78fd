'use strict';
/*
 * A connection to a name or address of the cluster: the kubelet's process says which port of 127.0.0.1 stands behind
 * it now, or that it is refused or swallowed. There is no hook on the data.
 */
const net = require('node:net');
const dns = require('node:dns');
const { ask, connect } = require('./control-socket.cjs');
const { connectError } = require('./system-error.cjs');
const { declaredAddress } = require('./listen.cjs');

const podIp = process.env.KUBELET_POD_IP ?? '';
/** The first two octets of the addresses of pods and nodes, as in `10.42.`. */
const nets = (process.env.KUBELET_NETS ?? '').split(',').filter(Boolean);
/**
 * A pod with the address 10.42.0.7 connects from 127.42.0.7, so the other side can tell who calls.
 * Differs: macOS has no such addresses without root; there every peer looks like the node.
 */
const loopbackOf = (address) => address.replace(/^\d+/, '127');
const canShowSource = process.platform === 'linux' || process.platform === 'win32';
const sourceAddress = loopbackOf(podIp);
const nodeAddress = podIp.replace(/\d+$/, '1');

/** On a socket that connects: where the application believes it connects to. */
const destination = Symbol('kubelet.destination');

net.Socket.prototype.connect = function (...args) {
  const [options, callback] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const port = Number(options.port);
  const known = options.port != null && options.port !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (options.path || !known) return Reflect.apply(connect, this, args);

  if (this.destroyed) {
    this._handle = null;
    this._undestroy();
  }
  this[destination] = undefined;
  this.connecting = true;
  dial(this, { ...options, host: options.host || 'localhost', port }, callback).catch((error) => this.destroy(error));
  return this;
};

async function dial(socket, options, callback) {
  const addresses = await resolve(socket, options);
  const failures = [];
  for (const address of addresses) {
    const route = await ask('route', { address, port: options.port });
    if (!socket.connecting) return;
    if (route.realPort) {
      connectReally(socket, options, callback, address, route.realPort);
      return;
    }
    if (route.afterMs) await swallow(socket, route.afterMs);
    if (!socket.connecting) return;
    failures.push(connectError(route.code, address, options.port));
  }
  throw failures.length === 1 ? failures[0] : together(failures);
}

function together(failures) {
  return Object.assign(new AggregateError(failures), { code: failures[0].code });
}

function resolve(socket, { host, lookup = dns.lookup, family, hints }) {
  if (net.isIP(host)) return [host.replace(/^::ffff:/i, '').replace(/^::1$/, '127.0.0.1')];
  return new Promise((done, fail) => {
    lookup(host, { family, hints, all: true }, (error, found) => {
      if (error) return fail(error);
      const addresses = Array.isArray(found) ? found.map((entry) => entry.address) : [found];
      socket.emit('lookup', null, addresses[0], 4, host);
      return done(addresses);
    });
  });
}

/** As packets that nobody answers: the socket stays in `connecting` until somebody gives up. */
function swallow(socket, afterMs) {
  return new Promise((done) => {
    const timer = setTimeout(done, afterMs);
    socket.once('close', () => {
      clearTimeout(timer);
      done();
    });
  });
}

function connectReally(socket, options, callback, address, realPort) {
  const { port } = options;
  const own = address.startsWith('127.');
  socket[destination] = { address, family: 'IPv4', port };
  // The process that listened may be gone by now: the error must name the address the application knows.
  socket.destroy = function (error, done) {
    delete socket.destroy;
    const named = error?.syscall === 'connect' ? connectError(error.code, address, port) : error;
    return socket.destroy(named, done);
  };
  socket.once('connect', () => delete socket.destroy);
  const real = { ...options, host: '127.0.0.1', port: realPort, family: 4, autoSelectFamily: false };
  if (canShowSource && !own) real.localAddress = sourceAddress;
  else delete real.localAddress;
  connect.call(socket, real, callback);
}

const { _getpeername: getpeername, _getsockname: getsockname } = net.Socket.prototype;

net.Socket.prototype._getpeername = function () {
  if (this[destination]) return this.connecting ? {} : this[destination];
  const peer = getpeername.call(this);
  const declared = this.server?.[declaredAddress];
  if (!declared || !peer.address) return peer;
  return { ...peer, ...asSeenBy(declared, clusterAddress(peer.address)) };
};

net.Socket.prototype._getsockname = function () {
  const name = getsockname.call(this);
  if (!name.address) return name;
  if (this[destination]) return { ...name, address: clusterAddress(name.address) };
  const declared = this.server?.[declaredAddress];
  if (!declared) return name;
  const peer = getpeername.call(this).address;
  const local = clusterAddress(peer) === '127.0.0.1' ? '127.0.0.1' : podIp;
  return { ...name, ...asSeenBy(declared, local), port: declared.port };
};

function clusterAddress(address) {
  const known = nets.find((one) => address?.startsWith(loopbackOf(one)));
  if (known) return known + address.slice(loopbackOf(known).length);
  return canShowSource ? address : nodeAddress;
}

/** A listener on `::` sees IPv4 callers in IPv6 clothes. */
function asSeenBy(declared, address) {
  return declared.family === 'IPv6' ? { address: `::ffff:${address}`, family: 'IPv6' } : { address, family: 'IPv4' };
}
