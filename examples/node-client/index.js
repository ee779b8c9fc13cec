'use strict';
// A Carillon client in another language: nothing but the .proto files and gRPC.
// Creates a schedule of one second, subscribes, acknowledges --count fires, deletes the schedule.

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
  return { server: values.server, count, timeout };
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

// A unary call as a promise, with a deadline.
function call(client, method, request) {
  return new Promise((resolve, reject) => {
    const deadline = new Date(Date.now() + 10_000);
    client[method](request, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

function micros(timestamp) {
  return BigInt(timestamp.seconds) * 1_000_000n + BigInt(Math.floor(timestamp.nanos / 1000));
}

// Resolves once count fires of the schedule are acknowledged.
function consume(client, destination, schedule, count, timeoutSeconds) {
  return new Promise((resolve, reject) => {
    const stream = client.subscribe();
    const seen = new Set();
    const timer = setTimeout(() => {
      stream.cancel();
      reject(new Error(`received ${seen.size} of ${count} fires in ${timeoutSeconds} s`));
    }, timeoutSeconds * 1000);
    stream.on('data', (response) => {
      const acks = [];
      for (const fire of response.fires) {
        acks.push({ first: fire.seq, last: fire.seq });
        if (fire.schedule !== schedule || seen.size >= count || seen.has(fire.fireId)) {
          continue; // Delivery is at least once: the fire id tells repetitions.
        }
        seen.add(fire.fireId);
        const nominal = new Date(Number(micros(fire.nominalTime) / 1000n)).toISOString();
        const late = Number(micros(fire.recordTime) - micros(fire.nominalTime)) / 1000;
        console.log(`${nominal}  ${late.toFixed(1)} ms  ${fire.schedule}  attempt ${fire.attempt}`);
      }
      if (acks.length > 0) {
        // Each fire used up one credit: give back as many.
        stream.write({ acks, credit: acks.length });
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
        reject(new Error(`the master ended the stream after ${seen.size} fires`));
      }
    });
    stream.write({ start: { destination, subscriber: `node ${process.version}` }, credit: 100 });
  });
}

async function main() {
  const { server, count, timeout } = options();
  const carillon = load();
  const credentials = grpc.credentials.createInsecure();
  const schedules = new carillon.ScheduleService(server, credentials);
  const destinations = new carillon.DestinationService(server, credentials);
  const deliveries = new carillon.DeliveryService(server, credentials);
  // A destination of its own, so that it takes no fires away from others.
  const id = `node-client-${crypto.randomBytes(4).toString('hex')}`;
  const destination = `${TENANT}/destinations/${id}`;
  let created = null;
  let destined = false;
  try {
    await call(destinations, 'createDestination', {
      parent: TENANT,
      destinationId: id,
      destination: { kind: 'STREAM' },
    });
    destined = true;
    created = await call(schedules, 'createSchedule', {
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
    await consume(deliveries, destination, created.name, count, timeout);
  } finally {
    if (created) {
      await call(schedules, 'deleteSchedule', { name: created.name });
    }
    if (destined) {
      await call(destinations, 'deleteDestination', { name: destination });
    }
    for (const client of [schedules, destinations, deliveries]) {
      client.close();
    }
  }
  console.log(`received and acknowledged ${count} fires`);
}

main().catch((error) => {
  console.error(`node-client: ${error.details || error.message}`);
  if (error.code === grpc.status.UNAVAILABLE) {
    console.error('is a master running there? start one with `./carillon dev`, or give --server host:port');
  }
  process.exitCode = 1;
});
