import { describe, expect, it } from 'vitest';
import { requestLines } from './requests.ts';

const get = (path: string) =>
  `I1121 02:40:47.256723   12661 round_trippers.go:560] GET https://127.0.0.1:16443${path} 200 OK in 5 milliseconds\n` +
  'I1121 02:40:47.256772   12661 round_trippers.go:587]     Content-Type: application/json';

describe('requestLines', () => {
  it('takes method, path, answer and media type from a trace', () => {
    const trace = `I1121 02:40:47.244490   12661 loader.go:402] Config loaded\n${get('/api/v1/pods?limit=500')}`;
    expect(requestLines(trace)).toEqual(['GET /api/v1/pods?limit=500 200 OK', '  application/json']);
  });

  it('leaves out what differs between any two servers, and repetitions', () => {
    const trace = [
      get('/api/v1/pods?resourceVersion=12&watch=true'),
      get('/api/v1/pods?resourceVersion=99&watch=true'),
    ];
    expect(requestLines(trace.join('\n'))).toEqual([
      'GET /api/v1/pods?resourceVersion=<resourceVersion>&watch=true 200 OK',
      '  application/json',
    ]);
  });

  it('takes the terms of a field selector as a set', () => {
    const one = requestLines(get('/api/v1/events?fieldSelector=a%3D1%2Cb%3D2'));
    expect(requestLines(get('/api/v1/events?fieldSelector=b%3D2%2Ca%3D1'))).toEqual(one);
  });
});
