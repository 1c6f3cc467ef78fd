'use strict';
/* Names are the cluster's: Services, pods, localhost. Nothing is asked outside. */
const dns = require('node:dns');
const { isIP } = require('node:net');
const { promisify } = require('node:util');
const { ask } = require('./control-socket.cjs');
const { dnsError } = require('./system-error.cjs');

const lookup = dns.lookup;
const lookupPromise = dns.promises.lookup;

/** The IPv4 addresses of a name. */
async function addressesOf(hostname, syscall) {
  if (hostname.toLowerCase() === 'localhost') return ['127.0.0.1'];
  const { addresses = [], exists, silentMs } = await ask('dns', { name: hostname });
  if (addresses.length > 0) return addresses;
  if (silentMs) {
    await new Promise((done) => setTimeout(done, silentMs));
    throw dnsError(syscall, syscall === 'getaddrinfo' ? 'EAI_AGAIN' : 'ETIMEOUT', hostname);
  }
  throw dnsError(syscall, exists && syscall !== 'getaddrinfo' ? 'ENODATA' : 'ENOTFOUND', hostname);
}

const isName = (hostname) => typeof hostname === 'string' && hostname !== '' && isIP(hostname) === 0;

async function lookupName(hostname, options) {
  const family = typeof options === 'object' ? options?.family : options;
  // Differs: the cluster has IPv4 only, also for localhost.
  if (family === 6 || family === 'IPv6') throw dnsError('getaddrinfo', 'ENOTFOUND', hostname);
  const found = (await addressesOf(hostname, 'getaddrinfo')).map((address) => ({ address, family: 4 }));
  return options?.all ? found : found[0];
}

dns.promises.lookup = (hostname, options) =>
  isName(hostname) ? lookupName(hostname, options) : lookupPromise(hostname, options);

dns.lookup = function (hostname, options, callback) {
  const done = typeof options === 'function' ? options : callback;
  if (!isName(hostname) || typeof done !== 'function') return Reflect.apply(lookup, this, arguments);
  lookupName(hostname, options === done ? undefined : options).then(
    (found) => process.nextTick(done, null, ...(Array.isArray(found) ? [found] : [found.address, found.family])),
    (error) => process.nextTick(done, error),
  );
  return {};
};
dns.lookup[promisify.custom] = dns.promises.lookup;

async function resolveName(hostname, rrtype, options) {
  const syscall = `query${rrtype === 'ANY' ? 'Any' : rrtype[0] + (rrtype === 'A' || rrtype === 'AAAA' ? rrtype.slice(1) : rrtype.slice(1).toLowerCase())}`;
  const addresses = await addressesOf(hostname, syscall);
  // Differs: only A records are answered.
  if (rrtype !== 'A') throw dnsError(syscall, 'ENODATA', hostname);
  return options?.ttl ? addresses.map((address) => ({ address, ttl: 5 })) : addresses;
}

const rrtypes = { resolve4: 'A', resolve6: 'AAAA' };
for (const name of ['Any', 'Caa', 'Cname', 'Mx', 'Naptr', 'Ns', 'Ptr', 'Soa', 'Srv', 'Tlsa', 'Txt']) {
  rrtypes[`resolve${name}`] = name.toUpperCase();
}

for (const target of [dns.promises, dns.promises.Resolver.prototype]) {
  target.resolve = (hostname, rrtype = 'A') => resolveName(hostname, rrtype);
  for (const [method, rrtype] of Object.entries(rrtypes)) {
    target[method] = (hostname, options) => resolveName(hostname, rrtype, options);
  }
}

function callBack(answer, callback) {
  answer.then(
    (records) => process.nextTick(callback, null, records),
    (error) => process.nextTick(callback, error),
  );
  return {};
}

for (const target of [dns, dns.Resolver.prototype]) {
  target.resolve = (hostname, rrtype, callback = rrtype) =>
    callBack(resolveName(hostname, typeof rrtype === 'string' ? rrtype : 'A'), callback);
  for (const [method, rrtype] of Object.entries(rrtypes)) {
    target[method] = (hostname, options, callback = options) =>
      callBack(resolveName(hostname, rrtype, options), callback);
  }
}
