/*
 * What of undici the bundle takes: half of the package is fetch, caches, sockets and mocks, which the app does not use but
 * would load.
 */
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'));
module.exports = {
  Agent: require('undici/lib/dispatcher/agent.js'),
  Pool: require('undici/lib/dispatcher/pool.js'),
  ProxyAgent: require('undici/lib/dispatcher/proxy-agent.js'),
  buildConnector: require('undici/lib/core/connect.js'),
};
