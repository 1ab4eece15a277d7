// An engine in another language: processes, fds, interfaces and COPY_INTERFACE, and nothing else.
// Written from docs/engines.md and the schemas alone. What it does not model it answers `absent`.
"use strict";

const path = require("path");
const protobuf = require("protobufjs");

// Numbers are 64 bits wide; as plain numbers they can be compared, which objects cannot.
protobuf.util.Long = undefined;
protobuf.configure();

const schemas = path.join(__dirname, "../../schemas");
const root = new protobuf.Root();
root.resolvePath = (_, name) => path.join(schemas, path.basename(name));
root.loadSync("engine_protocol.proto", { keepCase: true });
const Request = root.lookupType("necp_replay.v1.EngineRequest");
const Reply = root.lookupType("necp_replay.v1.EngineReply");
const SHOWN = root.lookupEnum("necp_replay.v1.Shown").values;

const PROTOCOL = 1;
const ESRCH = 3, EBADF = 9, EFAULT = 14, EINVAL = 22, ENOENT = 2, EEXIST = 17, EMFILE = 24;
const LOG_ERR = 3, COPY_INTERFACE = 9, DETAILS_BYTES = 92, PUSH_OBSERVER = 4;
let system;

const absent = (why) => ({ absent: { why } });
const ok = (more) => ({ errno: 0, ...more });
const log = (fn, error) => ({ log: { level: LOG_ERR, function: fn, error } });
const running = (pid) => system.processes.get(pid);

// What a copy of `size` bytes from the process finds, null where it faults.
function copyin(buffer, size) {
  const limits = buffer && buffer.limits;
  if (!buffer || (limits && limits.unmapped)) return null;
  if (limits && limits.mapped != null && limits.mapped < size) return null;
  const bytes = Buffer.alloc(size);
  Buffer.from(buffer.content).copy(bytes);
  return bytes;
}

// A user buffer as it is shown after the call, with `written` at its start.
function shown(buffer, name, written) {
  if (!buffer || (buffer.limits && buffer.limits.unmapped)) {
    return { [`${name}_shown`]: SHOWN.SHOWN_NO_BUFFER };
  }
  if (buffer.limits && buffer.limits.pointers.length) {
    return { [`${name}_shown`]: SHOWN.SHOWN_NOTHING };
  }
  let bytes = Buffer.from(buffer.content);
  if (written) bytes = Buffer.concat([written, bytes.subarray(written.length)]);
  let end = bytes.length;
  while (end && !bytes[end - 1]) end--;
  return { [`${name}_shown`]: SHOWN.SHOWN_BYTES, [name]: bytes.subarray(0, end) };
}

// Give a process an fd: the number that the trace says, else the lowest from 3 that is free.
function open(input, isNecp) {
  const process = running(input.pid);
  if (!process) return { errno: ESRCH };
  let fd = input.assigned_fd;
  if (fd == null) for (fd = 3; process.fds.has(fd); ) fd++;
  if (fd >= process.limit && input.assigned_fd == null) return { errno: EMFILE };
  process.fds.set(fd, isNecp);
  return ok({ retval: fd });
}

const inputs = {
  proc_add(input) {
    if (system.processes.has(input.pid)) return { errno: EEXIST };
    system.processes.set(input.pid, { limit: input.fd_limit, fds: new Map() });
    return ok();
  },
  proc_exit(input) {
    const process = running(input.pid);
    if (!process) return { errno: ESRCH };
    system.processes.delete(input.pid);
    return process.fds.size ? absent("what open fds leave behind") : ok();
  },
  necp_open(input) {
    const outcome = open(input, true);
    if (outcome.errno === 0 && input.flags & PUSH_OBSERVER) return absent("who is told of what");
    return outcome;
  },
  // Whatever takes a number has to be known, or the next open gets another one.
  open_other: (input) => open(input, false),
  necp_session_open: (input) => (open(input, false), absent("who may open a session")),
  close(input) {
    if (!running(input.pid)) return { errno: ESRCH };
    if (!running(input.pid).fds.delete(input.fd)) return { errno: EBADF };
    return absent("what the clients of an fd leave behind");
  },
  necp_client_action(input) {
    const answer = (more, written) => ({
      ...more, ...shown(input.client_id, "client_id"), ...shown(input.buffer, "buffer", written),
    });
    const process = running(input.pid);
    if (!process) {
      const { SHOWN_NOTHING } = SHOWN;
      return { errno: ESRCH, client_id_shown: SHOWN_NOTHING, buffer_shown: SHOWN_NOTHING };
    }
    if (!process.fds.has(input.fd)) {
      return answer({ errno: EBADF, effects: [log("necp_client_action", EBADF)] });
    }
    if (!process.fds.get(input.fd)) return absent("other kinds of fds");
    if (input.action !== COPY_INTERFACE) return absent("this action is not written yet");
    // The checks of `necp-replay actions COPY_INTERFACE`, in their order.
    const refuse = (errno, logged) =>
      answer({ errno, effects: [log("necp_client_copy_interface", logged)] });
    if (!input.client_id || input.client_id_len !== 4) return refuse(EINVAL);
    if (!input.buffer || input.buffer_size < DETAILS_BYTES) return refuse(EINVAL);
    const index = copyin(input.client_id, 4);
    if (!index) return refuse(EFAULT, EFAULT);
    if (index.readUInt32LE() === 0) return refuse(ENOENT);
    if (system.interfaces.has(index.readUInt32LE())) return absent("known interfaces");
    if (input.buffer.limits) return absent("buffers with limits");
    return answer(ok({ retval: 0 }), Buffer.alloc(DETAILS_BYTES));
  },
  iface_attach(input) {
    system.interfaces.add(input.index);
    return absent("functional types");
  },
};

function apply(record) {
  const handler = inputs[record.input];
  return handler ? handler(record[record.input]) : absent(`${record.input} is not written yet`);
}

const boot = () => (system = { processes: new Map(), interfaces: new Set() });

function reply(request) {
  switch (request.request) {
    case "hello": {
      const { protocol, release } = request.hello;
      if (protocol !== PROTOCOL || !release.startsWith("xnu-4570.")) {
        return { failure: { reason: `${release} by protocol ${protocol} is not modelled` } };
      }
      boot();
      return { hello: { protocol, name: "sample engine in JavaScript", release } };
    }
    case "apply":
      return { outcome: apply(request.apply) };
    case "snapshot":
      return { snapshot: {} };
    case "reset":
      boot();
      return { reset: {} };
    default:
      return { failure: { reason: "a request that is newer than this engine" } };
  }
}

// Requests may come in pieces, or several at once.
let waiting = Buffer.alloc(0);
process.stdin.on("data", (piece) => {
  waiting = Buffer.concat([waiting, piece]);
  for (;;) {
    const reader = protobuf.Reader.create(waiting);
    let request;
    try {
      request = Request.decodeDelimited(reader);
    } catch (error) {
      if (error instanceof RangeError) return; // The rest is on its way.
      throw error;
    }
    waiting = waiting.subarray(reader.pos);
    process.stdout.write(Reply.encodeDelimited(Reply.fromObject(reply(request))).finish());
  }
});
