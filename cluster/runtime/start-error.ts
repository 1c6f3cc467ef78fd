/** A container's process could not be started at all; nothing ran. The text is the one containerd reports. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly exitCode = 128;

  constructor(why: string, options?: ErrorOptions) {
    super(
      `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}`,
      options,
    );
  }
}

/** The command of an exec does not exist in the container. */
export class ExecStartError extends Error {
  override readonly name = 'ExecStartError';

  constructor(execId: string, why: string) {
    super(
      `failed to exec in container: failed to start exec "${execId}": OCI runtime exec failed: exec failed: unable to start container process: ${why}`,
    );
  }
}
