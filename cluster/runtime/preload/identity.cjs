'use strict';
/* Who the process thinks it is: the host is the pod, with one network card. */
const os = require('node:os');

const { KUBELET_HOSTNAME: hostname = '', KUBELET_POD_IP: podIp = '' } = process.env;
const networkInterfaces = os.networkInterfaces;

os.hostname = () => hostname;

os.networkInterfaces = () => {
  const loopback = Object.values(networkInterfaces()).find((entries) => entries?.some((entry) => entry.internal));
  const eth0 = { address: podIp, netmask: '255.255.255.0', family: 'IPv4', internal: false };
  return {
    lo: (loopback ?? []).filter((entry) => entry.address === '127.0.0.1'),
    eth0: [{ ...eth0, mac: macOf(podIp), cidr: `${podIp}/24` }],
  };
};

/** Bridge drivers derive a card's hardware address from its IP address. */
function macOf(ip) {
  const octets = ip.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return ['0a', '58', ...octets].join(':');
}
