'use strict';
/*
 * Loaded by `--require` into every Node process of a pod (children and worker threads too). It gives the process
 * the pod's network, host name and volumes; all decisions are taken in the kubelet's process, which it asks.
 * CommonJS because an ESM preload costs some 30 ms and is not active in worker threads.
 */
if (process.env.KUBELET_SOCK) {
  require('./control-socket.cjs').holdOn();
  require('./identity.cjs');
  require('./dns.cjs');
  require('./listen.cjs');
  require('./connect.cjs');
  if (process.env.KUBELET_MOUNTS || process.env.KUBELET_ETC) require('./mounts.cjs');
  require('node:module').syncBuiltinESMExports();
}
