// Stands for the package `@azure/functions-core`; provideCore.ts puts the module here and leads `require` to this file.
module.exports = globalThis[Symbol.for('keyless.host.functions-core')];
