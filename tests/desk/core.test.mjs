// The desk's core on the same bytes as the pollbook's (src/satusuara/pollbook/vectors): bundled by tests/desk/test_core.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const core = await import(process.env.DESK_CORE);
const vectors = (name) => JSON.parse(readFileSync(join(process.env.VECTORS, `${name}.json`), "utf8"));
const { fromHex, hex } = core;

/** A value of the vectors: byte strings stand as {hex}. */
function value(said) {
  if (Array.isArray(said)) return said.map(value);
  return said !== null && typeof said === "object" ? fromHex(said.hex) : said;
}

function signer(seed) {
  return core.openSigner(fromHex(seed));
}

test("CBOR: one value has one encoding", () => {
  const { valid, invalid } = vectors("cbor");
  for (const each of valid) {
    assert.equal(hex(core.encode(value(each.value))), each.hex);
    assert.equal(hex(core.encode(core.decode(fromHex(each.hex)))), each.hex);
  }
  for (const each of invalid) assert.throws(() => core.decode(fromHex(each.hex)), core.CborError, each.why);
});

test("clock: ticks, and hears no clock that is far ahead", () => {
  const { tick, receive } = vectors("clock");
  for (const each of tick) assert.deepEqual([...core.tick(each.last, each.now)], each.next);
  for (const each of receive) {
    const [next, suspect] = core.receive(each.last, each.remote, each.now);
    assert.deepEqual([[...next], suspect], [each.next, each.suspect]);
  }
});

test("keys: signatures and names, with WebCrypto and without; unfit keys are refused", async () => {
  const { signed, refused_public_keys: refused } = vectors("keys");
  for (const each of signed) {
    const device = await signer(each.seed);
    const [context, message] = [fromHex(each.context), fromHex(each.message)];
    assert.equal(hex(device.publicKey), each.public_key);
    assert.equal(hex(core.deviceId(device.publicKey)), each.device);
    assert.equal(hex(await device.sign(context, message)), each.signature);
    assert.ok(await core.verify(device.publicKey, context, message, fromHex(each.signature)));
    assert.ok(!(await core.verify(device.publicKey, context, fromHex("00"), fromHex(each.signature))));
  }
  for (const key of refused) assert.throws(() => core.requireFit(fromHex(key)), core.UnfitKey);
});

test("events: the same bytes, the same hashes, the same refusals", () => {
  const { device, election, station, genesis, events, invalid } = vectors("events");
  assert.equal(hex(core.genesis(fromHex(device), election, station)), genesis);
  for (const each of events) {
    const event = core.decodeEvent(fromHex(each.hex));
    assert.equal(hex(core.encodeEvent(event)), each.hex);
    assert.equal(hex(core.eventHash(fromHex(each.hex))), each.hash);
    assert.deepEqual(
      [event.seq, [...event.stamp], event.mask, event.officer, event.category],
      [each.seq, [each.ms, each.ctr], each.mask, each.officer, each.category],
    );
  }
  for (const each of invalid) assert.throws(() => core.decodeEvent(fromHex(each.hex)), core.EventError, each.why);
});

test("segments: opened, sealed to the same bytes, refused for the one reason", async () => {
  const { seed, valid, invalid } = vectors("segments");
  for (const each of valid) {
    const segment = await core.openSegment(fromHex(each.hex));
    assert.deepEqual(
      [segment.election, segment.station, hex(segment.device), segment.first, hex(segment.hash)],
      [each.election, each.station, each.device, each.first, each.hash],
    );
    assert.deepEqual(segment.hashes.map(hex), each.event_hashes);
    const own = await signer(seed);
    if (hex(own.publicKey) === each.public_key) {
      assert.equal(hex(await core.sealSegment(own, each.election, each.station, segment.events)), each.hex);
    }
  }
  for (const each of invalid) {
    await assert.rejects(core.openSegment(fromHex(each.hex)), (error) => error.code === each.code, each.why);
  }
});

test("merge: every scenario gives the state that the server sees, in any order", async () => {
  const { line_person: line, case_id: known, scenarios } = vectors("merge");
  assert.equal(core.linePerson(line.station, line.line), line.person);
  assert.equal(core.caseId(known.a, known.b), known.id);
  const ids = (list) => list.map(([device, seq]) => device + seq.toString(16).padStart(8, "0"));
  for (const { name, segments, state: said } of scenarios) {
    const opened = await Promise.all(segments.map((each) => core.openSegment(fromHex(each))));
    for (const order of [opened, [...opened].reverse(), [...opened, ...opened]]) {
      const replica = new core.Replica();
      for (const segment of order) replica.add(segment);
      const state = replica.state();
      assert.deepEqual(Object.fromEntries(replica.have()), said.have, name);
      assert.deepEqual(Object.fromEntries(replica.gaps()), said.gaps, name);
      const claims = Object.fromEntries(Object.entries(said.claims).map(([person, list]) => [person, ids(list)]));
      assert.deepEqual(Object.fromEntries(state.claims), claims, name);
      assert.deepEqual([...state.cancelled].sort(), ids(said.cancelled).sort(), name);
      assert.deepEqual([...state.conflicts.keys()].sort(), Object.keys(said.conflicts).sort(), name);
      const idle = said.idle_undos.map(([undo, named]) => [ids([undo])[0], ids(named)]);
      assert.deepEqual([...state.idleUndos].map(([undo, named]) => [undo, [...named]]), idle, name);
      assert.deepEqual(state.forks.map((fork) => [fork.device, fork.seq, ...fork.hashes]), said.forks, name);
    }
  }
});

test("close: every line of the evening's arithmetic", async () => {
  const { segments, station, contests, categories, parts, lines } = vectors("close");
  const replica = new core.Replica();
  for (const each of segments) replica.add(await core.openSegment(fromHex(each)));
  const found = core.reconcile(core.totals(replica.state(), station, { contests, categories, parts }));
  assert.deepEqual(found, lines);
});

test("voters: keys, the filter, the sealed number", async () => {
  const said = vectors("voters");
  for (const each of said.keys) assert.equal(hex(core.voterKey(fromHex(said.regency_key), each.identity)), each.key);
  const filter = core.Filter.read(fromHex(said.filter));
  for (const key of said.in) assert.ok(filter.has(fromHex(key)));
  for (const key of said.out) assert.ok(!filter.has(fromHex(key)));
  const { matching_public: matching, identity, ephemeral_seed: seed, sealed } = said.seal;
  assert.equal(hex(await core.sealIdentity(fromHex(matching), identity, fromHex(seed))), sealed);
});

test("snapshots and frames: read, signed to the same bytes, joined in any order", async () => {
  const said = vectors("snapshots");
  const read = await core.openSnapshot(fromHex(said.hex));
  assert.deepEqual([[...read.lines], read.last, hex(read.head)], [said.lines, said.last, said.head]);
  assert.deepEqual(read.extra.map(hex), [...said.extra].sort());
  const { station, size, lines, last } = said;
  const extra = said.extra.map(fromHex);
  const again = await core.signSnapshot(await signer(said.seed), { station, size, last, head: read.head, lines, extra });
  assert.equal(hex(again), said.hex);
  assert.equal(again.length, said.length);
  assert.deepEqual(core.frames(fromHex(said.frames_of)).map(hex), said.frames);
  const reader = new core.FrameReader();
  const results = [...said.frames].reverse().map((frame) => reader.add(fromHex(frame)));
  assert.equal(hex(results.at(-1)), said.frames_of);
  const broken = fromHex(said.hex);
  broken[broken.length - 1] ^= 1;
  await assert.rejects(core.openSnapshot(broken), core.SnapshotError);
});

test("packets: unlocked by PIN and code as typed, refused otherwise", async () => {
  const said = vectors("packets");
  const [locked, commission] = [fromHex(said.locked), fromHex(said.commission)];
  const packet = await core.unlockPacket(locked, said.pin, said.code_as_typed, commission);
  assert.deepEqual(packet, core.decodePacket(fromHex(said.plain)));
  for (const [area, prefix] of Object.entries(said.origin)) {
    assert.equal(core.originRule(packet.origins, area)?.prefix ?? "", prefix);
  }
  const refused = (code) => (error) => error.code === code;
  await assert.rejects(core.unlockPacket(locked, "000000", said.code, commission), refused("pin-or-code-wrong"));
  await assert.rejects(core.unlockPacket(locked.slice(0, -1), said.pin, said.code, commission), refused("packet-malformed"));
  const tampered = locked.slice();
  tampered[tampered.length - 1] ^= 1;
  await assert.rejects(core.unlockPacket(tampered, said.pin, said.code, commission), refused("packet-unsigned"));
});

test("receipts: the log's word is believed, another's is not; requests are signed alike", async () => {
  const said = vectors("receipts");
  const receipt = await core.openReceipt(said.note, said.log_key);
  assert.deepEqual(receipt, core.parseReceipt(said.text));
  assert.equal(await core.openReceipt(said.note.replace("receipt/1\n0", "receipt/1\n1"), said.log_key), null);
  const { seed, method, path, ms, body, header } = said.request;
  assert.equal(await core.signRequest(await signer(seed), method, path, ms, fromHex(body)), header);
});

test("a key of this device: WebCrypto's own where there is one, and both ways understand each other", async () => {
  const made = await core.makeSigner();
  const draft = { stamp: [1707865200000, 0], kind: core.Kind.OPEN, officer: 1, detail: [[246], 2] };
  const device = core.deviceId(made.signer.publicKey);
  const event = core.linked(draft, 0, 1, core.genesis(device, "id-2024", "7322012001001"));
  const raw = await core.sealSegment(made.signer, "id-2024", "7322012001001", [event]);
  const opened = await core.openSegment(raw);
  assert.equal(hex(opened.device), hex(device));
  assert.equal(await core.nativeEd25519(), !(made.stored instanceof Uint8Array));
  if (!(made.stored instanceof Uint8Array)) {
    assert.equal(made.stored.privateKey.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("pkcs8", made.stored.privateKey));
  }
});
