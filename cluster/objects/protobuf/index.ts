import type { KubeObject } from '../types.ts';
import { decodeMessage, readFields } from './decode.ts';
import { messageNameOf } from './messages.ts';

const magic = Buffer.from('k8s\0', 'latin1');

/** The envelope that the API puts around every protobuf object: which kind it is, and its bytes. */
interface Envelope {
  apiVersion: string;
  kind: string;
  raw: Uint8Array;
}

/**
 * Decodes a body of type `application/vnd.kubernetes.protobuf`.
 * @throws RangeError when it is cut short, not protobuf, or of a kind that kubectl never sends so
 */
export function decodeProtobuf(body: Uint8Array): KubeObject {
  const { apiVersion, kind, raw } = readEnvelope(body);
  const decoded = decodeMessage(messageNameOf(apiVersion, kind), raw);
  return { apiVersion, kind, ...decoded, metadata: decoded['metadata'] ?? {} };
}

function readEnvelope(body: Uint8Array): Envelope {
  if (Buffer.compare(Buffer.from(body.subarray(0, 4)), magic) !== 0) {
    throw new RangeError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const envelope: Envelope = { apiVersion: '', kind: '', raw: new Uint8Array() };
  for (const field of readFields(body.subarray(4))) {
    if (typeof field.value === 'bigint') continue;
    if (field.number === 2) envelope.raw = field.value;
    if (field.number !== 1) continue;
    for (const part of readFields(field.value)) {
      if (typeof part.value === 'bigint') continue;
      if (part.number === 1) envelope.apiVersion = Buffer.from(part.value).toString('utf8');
      if (part.number === 2) envelope.kind = Buffer.from(part.value).toString('utf8');
    }
  }
  return envelope;
}
