// How is PostGraphile run at its fastest? `node server.mjs PORT`, with NODE_ENV and GRAPHILE_ENV "production" and the
// database in PGHOST, PGPORT, PGUSER and PGDATABASE: no GraphiQL, no watching, no subscriptions, answers written as
// text, its own prepared statements, and no session settings, so that each request is one statement outside any
// transaction.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { constant } from "postgraphile/grafast";
import { extendSchema, gql } from "postgraphile/utils";

const port = Number(process.argv[2]);

const viewer = extendSchema({
  typeDefs: gql`
    type Viewer { kind: String! }
    extend type Query { viewer: Viewer! }
  `,
  objects: {
    Viewer: { plans: { kind: () => constant("REPORTER") } },
    Query: { plans: { viewer: () => constant({}) } },
  },
});

const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [viewer],
  pgServices: [
    makePgService({
      schemas: ["bench_public"],
      pubsub: false,
      poolConfig: { max: 10, idleTimeoutMillis: 0, options: "-c jit=off -c timezone=UTC" },
    }),
  ],
  schema: { defaultBehavior: "-insert -update -delete -node" },
  grafserv: {
    graphiql: false,
    graphqlOverGET: false,
    outputDataAsString: true,
    watch: false,
    websockets: false,
  },
};

const server = createServer();
const service = postgraphile(preset).createServ(grafserv);
await service.addTo(server);
server.listen(port, "127.0.0.1");
