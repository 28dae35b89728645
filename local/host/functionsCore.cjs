// Stands for the package `@azure/functions-core`; loadApp.ts puts the module here and leads `require` to this file.
module.exports = globalThis[Symbol.for('keyless.host.functions-core')];
