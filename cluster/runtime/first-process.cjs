'use strict';
// In a container the first process is PID 1: the kernel drops a SIGTERM that it has no handler for. A program that
// forgot to handle it lives until the grace period is over, and so it does here. Children are ordinary processes.
if (process.env.KUBELET_FIRST_PROCESS) {
  delete process.env.KUBELET_FIRST_PROCESS;
  process.on('SIGTERM', () => {});
}
