// SPDX-License-Identifier: Apache-2.0
/** What the program was started with, text as bytes, and the switches of the dispatcher. */
export { args, decodeUtf8, encodeUtf8, environ, exit, setErrorFactory, startTrace } from "runt:host";
