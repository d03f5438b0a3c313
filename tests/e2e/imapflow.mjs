// What a program on imapflow does: reads, searches, waits; then files, marks, moves and deletes in a workspace.
// node imapflow.mjs <port> <ca file> <password> <where imapflow is installed>; prints one JSON object.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [port, ca, password, modules] = process.argv.slice(2);
const { ImapFlow } = createRequire(modules + "/")("imapflow");
const client = new ImapFlow({
  host: "localhost", port: Number(port), secure: true, tls: { ca: readFileSync(ca) },
  auth: { user: "alice", pass: password }, logger: false,
});
const told = {};
await client.connect();
told.enabled = [...client.enabled];
told.mailboxes = (await client.list({ statusQuery: { messages: true } })).map((box) => [box.path, box.status?.messages]);

let lock = await client.getMailboxLock("INBOX", { readOnly: true });
told.exists = client.mailbox.exists;
told.found = await client.search({ body: "needle" }, { uid: true });
told.since = (await client.search({ since: new Date(Date.now() - 86400e3) }, { uid: true })).length;
told.subjects = [];
for await (const message of client.fetch("1:*", { envelope: true, bodyStructure: true, flags: true, internalDate: true, uid: true, size: true })) {
  if (message.envelope && message.bodyStructure && message.size) told.subjects.push(message.envelope.subject ?? "");
}
const { content } = await client.download(String(told.found[0]), undefined, { uid: true });
const pieces = [];
for await (const piece of content) pieces.push(piece);
told.octets = Buffer.concat(pieces).toString("base64");
await client.noop();
lock.release();

const box = "Workspaces/imapflow";
await client.mailboxCreate(box);
lock = await client.getMailboxLock(box);
const arrived = new Promise((resolve) => client.once("exists", resolve));
const idling = client.idle();
const other = new ImapFlow({ ...client.options, logger: false });
await other.connect();
await other.append(box, "Subject: late\r\n\r\nhello\r\n");
told.pushed = (await arrived).count;
await client.noop();
await idling;
await other.logout();
await client.messageFlagsAdd("1", ["\\Flagged", "seen-by-counsel"]);
told.flags = [...(await client.fetchOne("1", { flags: true })).flags].sort();
await client.messageCopy("1", box);
await client.mailboxCreate(box + "/done");
await client.messageMove("1", box + "/done");
told.left = (await client.status(box, { messages: true })).messages;
told.moved = (await client.status(box + "/done", { messages: true })).messages;
await client.messageDelete("1:*");
told.deleted = (await client.status(box, { messages: true })).messages;
lock.release();
await client.mailboxRename(box, box + "-old");
await client.mailboxDelete(box + "-old/done");
await client.mailboxDelete(box + "-old");
told.after = (await client.list()).map((b) => b.path).filter((path) => path.startsWith("Workspaces/"));
await client.logout();
console.log(JSON.stringify(told));
