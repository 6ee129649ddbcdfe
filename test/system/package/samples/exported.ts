// A library over the client: its own declarations must be able to name every type that it exports.
import { createTurnkeeperClient } from '@turnkeeper/client';

export const client = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
export const vendor = client.conversation('vendor-onboarding');
export const leave = client.conversation('leave-request');
export const resumed = client.resume('c0ffee');

export const vendorTurn = () => vendor.turn('hello');
export const leaveTurn = () => leave.open();
export const anyTurn = () => resumed.submitCard('card', {});
export const vendorStanding = () => vendor.get();
export const anyStanding = () => resumed.get();
export const anyEnd = () => resumed.end({ outcome: 'cancelled' });
export const vendorEvents = () => vendor.watch();
export const anyEvents = () => resumed.watch();
export async function anyEvent() {
  const { value } = await resumed.watch().next();
  return value;
}
export async function eventsByType() {
  for await (const event of vendor.watch()) {
    if (event.type === 'turn.committed' || event.type === 'watch.interrupted') return event;
    if (event.type === 'conversation.ended' && !event.purged) return event.summary;
  }
  return null;
}
export const list = () => client.list();
export const definitions = () => client.definitions();

export async function partsOfTurn() {
  const { turn, progress, workflowState, messages, extractedPayload, timings } = await resumed.turn('hello');
  return { turn, progress, workflowState, messages, extractedPayload, timings };
}
export async function partsOfParts() {
  const { turn, workflowState, messages } = await vendor.turn('hello');
  const { suggestedInput, collected } = workflowState;
  return { rejected: turn.rejected, suggestedInput, collected, actions: messages[0]?.suggestedActions };
}
export async function lastTurn() {
  return (await leave.get()).lastTurn;
}
export async function summary() {
  return (await leave.end({ outcome: 'completed' })).summary;
}
export async function listed() {
  return (await client.list()).conversations.map((conversation) => conversation);
}
export async function progressOfListed() {
  return (await client.list()).conversations.map(({ progress }) => progress);
}
export async function workflowId() {
  return (await resumed.get()).workflowId;
}
