/** The pollbook's core on a desk: what it shares, byte for byte, with the server. */

export * from "./bytes";
export * from "./cbor";
export * from "./clock";
export * from "./close";
export * from "./events";
export * from "./keys";
export * from "./merge";
export * from "./packets";
export * from "./receipts";
export * from "./segments";
export * from "./signed";
export * from "./snapshot";
export * from "./voters";
