import { enableCompileCache } from 'node:module';

/** Each test file that stands alone compiles the same libraries again; the variable alone comes too late for this process. */
enableCompileCache(process.env.NODE_COMPILE_CACHE);
