import { expect, it } from 'vitest';
import { isPrivate, literalAddress } from '../../src/notify/addresses.ts';

it.each([
  ...['10.0.0.1', '127.0.0.1', '169.254.169.254', '100.64.0.1', '192.168.1.1', '0.0.0.0', '224.0.0.1'],
  ...['::1', 'fe80::1', 'fc00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', 'fec0::1'],
  '::7f00:1', // 127.0.0.1 within IPv6, as once was
  '4000::1', // given to nobody
  '168.63.129.16', // the platform’s own, behind each machine of Azure
  'orders.example', // none at all
])('%s is no address that a token goes to', (address) => {
  expect(isPrivate(address)).toBe(true);
});

it.each(['20.50.2.1', '8.8.8.8', '::ffff:8.8.8.8', '2606:4700::1111', '2a01:111:f100::1'])(
  '%s is one',
  (address) => {
    expect(isPrivate(address)).toBe(false);
  },
);

it.each([
  ['https://0x7f.1/', '127.0.0.1'],
  ['https://2130706433/', '127.0.0.1'],
  ['https://127.0.0.1./', '127.0.0.1'],
  ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['https://orders.example/', undefined],
])('%s is told as the address it is, however it is written', (url, address) => {
  expect(literalAddress(new URL(url))).toBe(address);
});
