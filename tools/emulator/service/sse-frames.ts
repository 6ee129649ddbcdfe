import type { FrameStyle } from './answer.ts';

interface Frame {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** A server-sent event, spelt in the given style (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function frame({ event, data, id }: Frame, style: FrameStyle): string {
  const lines = [
    ...(style.comments ? [': keep-alive', ''] : []),
    `event: ${event}`,
    ...(style.ids && id !== undefined ? [`id: ${id}`] : []),
    ...data.split('\n').map((line) => `data: ${line}`),
  ];
  return lines.map((line) => line + style.lineEnd).join('') + style.lineEnd;
}

export function activityFrame(activity: object, id: string, style: FrameStyle): string {
  const data = JSON.stringify(activity, null, style.manyLines ? 2 : undefined);
  return frame({ event: 'activity', data, id }, style);
}

export function endFrame(style: FrameStyle): string {
  return frame({ event: 'end', data: 'end' }, style);
}
