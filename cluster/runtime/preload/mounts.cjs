'use strict';
/*
 * Volumes without mounts: a path under a container's mountPath is read and written at its host path instead, and
 * errors name the path that the application used.
 * Differs: only Node's own file functions see a volume; a shell's redirection or a native addon does not.
 */
const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');

/** Longest first, so that a mount inside a mount wins. */
const mounts = [...JSON.parse(process.env.KUBELET_MOUNTS || '[]'), ...networkFiles()].toSorted(
  (a, b) => b.mountPath.length - a.mountPath.length,
);

/** `/etc/hosts` and `/etc/resolv.conf`, which the kubelet makes for each pod. */
function networkFiles() {
  const directory = process.env.KUBELET_ETC;
  if (!directory) return [];
  return ['hosts', 'resolv.conf'].map((name) => ({
    mountPath: `/etc/${name}`,
    hostPath: path.join(directory, name),
    readOnly: false,
  }));
}

const onWindows = process.platform === 'win32';

/** The mount that an absolute path lies in, and the path's place in it. */
function locate(file) {
  const text = file instanceof URL ? fileURLToPath(file) : Buffer.isBuffer(file) ? file.toString() : file;
  if (typeof text !== 'string' || !path.isAbsolute(text)) return undefined;
  const absolute = onWindows
    ? path
        .resolve(text)
        .replace(/^[a-z]:/i, '')
        .replaceAll('\\', '/')
    : path.resolve(text);
  const mount = mounts.find(({ mountPath }) => absolute === mountPath || absolute.startsWith(`${mountPath}/`));
  return mount && { mount, hostPath: path.join(mount.hostPath, absolute.slice(mount.mountPath.length)) };
}

const toHost = (file) => locate(file)?.hostPath ?? file;

/** Of a folder inside another one that is mounted too, the inner one's name counts. */
const byHostPath = mounts.toSorted((a, b) => b.hostPath.length - a.hostPath.length);

function toContainer(file) {
  if (typeof file !== 'string') return file;
  const mount = byHostPath.find(({ hostPath }) => file === hostPath || file.startsWith(hostPath + path.sep));
  return mount ? mount.mountPath + file.slice(mount.hostPath.length).replaceAll(path.sep, '/') : file;
}

/** Rewrites host paths in an error of `fs`; anything else passes. */
function named(error) {
  if (!(error instanceof Error) || !error.syscall) return error;
  for (const { mountPath, hostPath } of mounts) {
    error.message = error.message.replaceAll(hostPath, mountPath);
    error.stack = error.stack?.replaceAll(hostPath, mountPath);
  }
  if (error.path) error.path = toContainer(error.path);
  if (error.dest) error.dest = toContainer(error.dest);
  return error;
}

function readOnlyError(syscall, file) {
  const error = new Error(`EROFS: read-only file system, ${syscall} '${file}'`);
  return Object.assign(error, { errno: -30, code: 'EROFS', syscall, path: String(file) });
}

/** Which arguments are paths, and which of these are written. `open` and its like depend on the flags. */
const functions = {
  access: { paths: [0] },
  appendFile: { paths: [0], written: [0], syscall: 'open' },
  chmod: { paths: [0], written: [0] },
  chown: { paths: [0], written: [0] },
  copyFile: { paths: [0, 1], written: [1] },
  cp: { paths: [0, 1], written: [1] },
  exists: { paths: [0] },
  lchown: { paths: [0], written: [0] },
  link: { paths: [0, 1], written: [1] },
  lstat: { paths: [0] },
  lutimes: { paths: [0], written: [0], syscall: 'lutime' },
  mkdir: { paths: [0], written: [0] },
  mkdtemp: { paths: [0], written: [0], answersPath: true },
  open: { paths: [0], byFlags: true },
  openAsBlob: { paths: [0] },
  opendir: { paths: [0] },
  readFile: { paths: [0] },
  readdir: { paths: [0] },
  readlink: { paths: [0] },
  realpath: { paths: [0], answersPath: true },
  rename: { paths: [0, 1], written: [0, 1] },
  rm: { paths: [0], written: [0], syscall: 'unlink' },
  rmdir: { paths: [0], written: [0] },
  stat: { paths: [0] },
  statfs: { paths: [0] },
  symlink: { paths: [1], written: [1] },
  truncate: { paths: [0], written: [0], syscall: 'open' },
  unlink: { paths: [0], written: [0] },
  unwatchFile: { paths: [0], listens: true },
  utimes: { paths: [0], written: [0], syscall: 'utime' },
  watch: { paths: [0], listens: true },
  watchFile: { paths: [0], listens: true },
  writeFile: { paths: [0], written: [0], syscall: 'open' },
};

/** Arguments with host paths; or the error of a write into a read-only mount. */
function translate(name, rule, args) {
  const written = rule.written ?? (rule.byFlags && opensForWriting(args[1]) ? [0] : []);
  const refused = written.find((index) => locate(args[index])?.mount.readOnly);
  if (refused !== undefined) return { error: readOnlyError(rule.syscall ?? name, args[refused]) };
  return { args: args.map((arg, index) => (rule.paths.includes(index) ? toHost(arg) : arg)) };
}

function opensForWriting(flags) {
  if (typeof flags === 'number')
    return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
  return typeof flags === 'string' && /[wa+]/.test(flags);
}

const wrapSync = (name, rule, original) =>
  function (...given) {
    const { error, args } = translate(name, rule, given);
    if (error) throw error;
    try {
      const answer = Reflect.apply(original, this, args);
      return rule.answersPath ? toContainer(answer) : answer;
    } catch (thrown) {
      throw named(thrown);
    }
  };

const wrapCallback = (name, rule, original) =>
  function (...given) {
    const callback = given.at(-1);
    const { error, args } = translate(name, rule, given);
    if (typeof callback !== 'function' || rule.listens) return Reflect.apply(original, this, args ?? given);
    if (error) return process.nextTick(callback, error);
    args[args.length - 1] = function (problem, answer, ...rest) {
      if (arguments.length < 2) return callback.call(this, named(problem));
      return callback.call(this, named(problem), rule.answersPath ? toContainer(answer) : answer, ...rest);
    };
    return Reflect.apply(original, this, args);
  };

const wrapPromise = (name, rule, original) =>
  function (...given) {
    const { error, args } = translate(name, rule, given);
    if (error) return Promise.reject(error);
    const answer = Reflect.apply(original, this, args);
    if (typeof answer?.then !== 'function') return answer;
    return answer.then(
      (value) => (rule.answersPath ? toContainer(value) : value),
      (thrown) => {
        throw named(thrown);
      },
    );
  };

function replace(target, name, wrap, rule, base = name) {
  const original = target[name];
  if (typeof original !== 'function') return;
  target[name] = Object.defineProperties(wrap(base, rule, original), Object.getOwnPropertyDescriptors(original));
  if (original.native) target[name].native = wrap(base, rule, original.native);
}

for (const [name, rule] of Object.entries(functions)) {
  replace(fs, name, name === 'openAsBlob' ? wrapPromise : wrapCallback, rule);
  replace(fs, `${name}Sync`, wrapSync, rule, name);
  replace(fs.promises, name, wrapPromise, rule);
}

// In the text of a shell's `-c` the paths of volumes are the host's by now. What a program prints of them is the pod's.
for (let index = 2; index < process.argv.length; index++) process.argv[index] = toContainer(process.argv[index]);

const sqlite = require('node:sqlite');
const { DatabaseSync } = sqlite;
sqlite.DatabaseSync = class extends DatabaseSync {
  constructor(file, ...options) {
    super(toHost(file), ...options);
  }
};
Object.defineProperty(sqlite.DatabaseSync, 'name', { value: 'DatabaseSync' });
