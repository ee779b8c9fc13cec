'use strict';
// A Carillon client in another language: nothing but the .proto files and gRPC.
// Creates a schedule of one second, subscribes, acknowledges --count fires, deletes the schedule.
// Any master serves any call: when the one that it talks to goes away, it goes on with the next.

const crypto = require('node:crypto');
const path = require('node:path');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const PROTOS = path.join(__dirname, '../../proto/src/main/protobuf');
const TENANT = 'tenants/default';

function options() {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: '127.0.0.1:7400' },
      count: { type: 'string', default: '5' },
      timeout: { type: 'string', default: '30' },
    },
  });
  const count = Number(values.count);
  const timeout = Number(values.timeout);
  if (!Number.isInteger(count) || count < 1 || !(timeout > 0)) {
    throw new Error('--count is a whole number from 1 on, --timeout a number of seconds');
  }
  const servers = values.server.split(',').map((server) => server.trim());
  if (servers.some((server) => server === '')) {
    throw new Error('--server is host:port of a master, or several with commas between them');
  }
  return { servers, count, timeout };
}

function load() {
  const files = ['schedule', 'destination', 'delivery'].map((name) => `carillon/v1/${name}.proto`);
  // int64 as strings: a seq does not fit into a JavaScript number for ever.
  const definition = protoLoader.loadSync(files, {
    includeDirs: [PROTOS],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  return grpc.loadPackageDefinition(definition).carillon.v1;
}

// Pings tell within 4 s that a master is stopped or cut off, though the connection is open.
const CHANNEL = { 'grpc.keepalive_time_ms': 2000, 'grpc.keepalive_timeout_ms': 2000 };
const PATIENCE_MS = 30_000; // longer than a fail-over
const PAUSE_MS = 300;

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// The masters, of which one is talked to at a time.
class Masters {
  constructor(carillon, servers) {
    this.carillon = carillon;
    this.servers = servers;
    this.clients = new Map();
  }

  get server() {
    return this.servers[0];
  }

  client(service) {
    const key = `${service} ${this.server}`;
    if (!this.clients.has(key)) {
      const credentials = grpc.credentials.createInsecure();
      this.clients.set(key, new this.carillon[service](this.server, credentials, CHANNEL));
    }
    return this.clients.get(key);
  }

  // Goes on with the next master, unless somebody did so already.
  leave(server, error) {
    if (server === this.server && this.servers.length > 1) {
      this.servers.push(this.servers.shift());
      console.error(`${server}: ${error.details || error.message}; going on with ${this.server}`);
    }
  }

  close() {
    for (const client of this.clients.values()) {
      client.close();
    }
  }
}

function mayPass(error) {
  return error.code === grpc.status.UNAVAILABLE || error.code === grpc.status.DEADLINE_EXCEEDED;
}

// A unary call as a promise. It is repeated while no master answers, so use it only for what is safe to repeat; `done` is
// the code that tells a repetition that an earlier attempt was carried out after all.
async function call(masters, service, method, request, done) {
  const end = Date.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    const server = masters.server;
    try {
      return await new Promise((resolve, reject) => {
        const deadline = new Date(Date.now() + 5_000);
        masters
          .client(service)
          [method](request, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
      });
    } catch (error) {
      if (attempt > 1 && error.code === done) {
        return null;
      }
      if (!mayPass(error) || Date.now() > end) {
        throw error;
      }
      masters.leave(server, error);
      await sleep(PAUSE_MS);
    }
  }
}

function micros(timestamp) {
  return BigInt(timestamp.seconds) * 1_000_000n + BigInt(Math.floor(timestamp.nanos / 1000));
}

// Resolves once count fires of the schedule are acknowledged. What a lost master was not told of is delivered again by
// the next, so nothing is missed.
async function consume(masters, destination, schedule, count, timeoutSeconds) {
  const seen = new Set();
  const end = Date.now() + timeoutSeconds * 1000;
  while (seen.size < count) {
    const server = masters.server;
    try {
      await receive(masters.client('DeliveryService'), destination, schedule, count, seen, end);
    } catch (error) {
      if (!mayPass(error) || Date.now() > end) {
        throw error;
      }
      masters.leave(server, error);
      await sleep(PAUSE_MS);
    }
  }
}

// One stream: resolves once count fires were seen, rejects when it ends before.
function receive(client, destination, schedule, count, seen, end) {
  return new Promise((resolve, reject) => {
    const stream = client.subscribe();
    let refused = seen.size > 0;
    const timer = setTimeout(() => {
      stream.cancel();
      reject(new Error(`received ${seen.size} of ${count} fires in time`));
    }, end - Date.now());
    stream.on('data', (response) => {
      const acks = [];
      const nacks = [];
      for (const fire of response.fires) {
        if (!refused) {
          // Refused once, to show how: it comes again with a higher attempt, and meanwhile
          // `carillon destination parked` tells the reason.
          refused = true;
          const reason = 'the example refuses its first fire once';
          nacks.push({ seq: fire.seq, attempt: fire.attempt, delay: { nanos: 100_000_000 }, reason });
          continue;
        }
        acks.push({ first: fire.seq, last: fire.seq });
        if (fire.schedule !== schedule || seen.size >= count || seen.has(fire.fireId)) {
          continue; // Delivery is at least once: the fire id tells repetitions.
        }
        seen.add(fire.fireId);
        const nominal = new Date(Number(micros(fire.nominalTime) / 1000n)).toISOString();
        const late = Number(micros(fire.recordTime) - micros(fire.nominalTime)) / 1000;
        console.log(`${nominal}  ${late.toFixed(1)} ms  ${fire.schedule}  attempt ${fire.attempt}`);
      }
      if (response.fires.length > 0) {
        // Each fire used up one credit: give back as many.
        stream.write({ acks, nacks, credit: response.fires.length });
      }
      if (seen.size >= count) {
        clearTimeout(timer);
        stream.end();
        resolve();
      }
    });
    stream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    stream.on('end', () => {
      clearTimeout(timer);
      if (seen.size < count) {
        const error = new Error(`the master ended the stream after ${seen.size} fires`);
        reject(Object.assign(error, { code: grpc.status.UNAVAILABLE }));
      }
    });
    stream.write({ start: { destination, subscriber: `node ${process.version}` }, credit: 100 });
  });
}

async function main() {
  const { servers, count, timeout } = options();
  const masters = new Masters(load(), servers);
  // A destination of its own, so that it takes no fires away from others.
  const id = `node-client-${crypto.randomBytes(4).toString('hex')}`;
  const destination = `${TENANT}/destinations/${id}`;
  let created = null;
  let destined = false;
  try {
    await call(
      masters,
      'DestinationService',
      'createDestination',
      { parent: TENANT, destinationId: id, destination: { kind: 'STREAM' } },
      grpc.status.ALREADY_EXISTS,
    );
    destined = true;
    // The request id makes it safe to repeat: one schedule is made, however often it is asked for.
    created = await call(masters, 'ScheduleService', 'createSchedule', {
      parent: TENANT,
      scheduleId: id,
      requestId: crypto.randomUUID(),
      schedule: {
        spec: { interval: { period: { seconds: 1 } } },
        destination,
        payload: Buffer.from('hello from Node.js'),
        payloadType: 'text/plain',
      },
    });
    console.log(`created ${created.name}`);
    await consume(masters, destination, created.name, count, timeout);
  } finally {
    const gone = grpc.status.NOT_FOUND;
    if (created) {
      await call(masters, 'ScheduleService', 'deleteSchedule', { name: created.name }, gone);
    }
    if (destined) {
      await call(masters, 'DestinationService', 'deleteDestination', { name: destination }, gone);
    }
    masters.close();
  }
  console.log(`received and acknowledged ${count} fires`);
}

main().catch((error) => {
  console.error(`node-client: ${error.details || error.message}`);
  if (error.code === grpc.status.UNAVAILABLE) {
    console.error('is a master running there? start one with `./carillon dev`, or give --server host:port,host:port');
  }
  process.exitCode = 1;
});
