// Asks and submits with urql as a front-end does: do answers and refusals arrive as it tells of them? And do it and
// Apollo's client ask again in full where they sent the hash of a query at first?
//   node asking.mjs <address of /graphql> <tracking code of a report that the public sees>
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { persistedExchange } from "@urql/exchange-persisted";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Client, cacheExchange, fetchExchange } from "urql";

const [url, code] = process.argv.slice(2);
const report = "query ($code: String!) { complaint(trackingCode: $code) { trackingCode status } }";
const submit = `mutation ($input: ComplaintSubmitInput!) {
  complaintSubmit(input: $input) { complaint { trackingCode } errors { code field } }
}`;

// What went over the line: method and status of each request, the newest last.
const sent = [];
const watched = async (address, options) => {
  const response = await fetch(address, options);
  sent.push(`${options.method} ${response.status}`);
  return response;
};

const client = (given = {}) =>
  new Client({ url, fetch: watched, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange], ...given });
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const codesOf = (result) => result.error.graphQLErrors.map((error) => error.extensions.code);

const cases = {
  async "a query by POST"() {
    const { data, error } = await client().query(report, { code });
    assert.equal(error, undefined);
    assert.equal(data.complaint.trackingCode, code);
    assert.equal(sent.at(-1), "POST 200");
  },
  async "a query by GET"() {
    const { data } = await client({ preferGetMethod: "force" }).query(report, { code });
    assert.equal(data.complaint.trackingCode, code);
    assert.equal(sent.at(-1), "GET 200");
  },
  async "a mutation, though GET is preferred"() {
    const input = { idempotencyKey: `urql-${process.pid}`, title: "Jalan", body: "Rusak", classification: "COMPLAINT" };
    const { data } = await client({ preferGetMethod: "force" }).mutation(submit, { input });
    assert.deepEqual(data.complaintSubmit.errors, []);
    assert.ok(data.complaintSubmit.complaint.trackingCode);
    assert.equal(sent.at(-1), "POST 200");
  },
  async "a rule that forbids is data"() {
    const input = { idempotencyKey: `urql-${process.pid}-2`, title: "", body: "Rusak", classification: "COMPLAINT" };
    const { data, error } = await client().mutation(submit, { input });
    assert.equal(error, undefined);
    assert.equal(data.complaintSubmit.errors[0].code, "INVALID_INPUT");
  },
  async "an error of a field has its code"() {
    const result = await client().query("{ complaints(first: 1000) { nodes { trackingCode } } }", {});
    assert.deepEqual(codesOf(result), ["INVALID_INPUT"]);
  },
  async "a document that is not valid is refused with 400 and its code"() {
    const result = await client().query("{ complaint { nothing } }", {});
    assert.ok(codesOf(result).includes("GRAPHQL_VALIDATION_FAILED"));
    assert.equal(sent.at(-1), "POST 400");
  },
  async "a token of nobody is refused with 401 and its code"() {
    const result = await client({ fetchOptions: { headers: { authorization: "Bearer ses_nobody" } } }).query(report, {
      code,
    });
    assert.deepEqual(codesOf(result), ["UNAUTHENTICATED"]);
    assert.equal(result.error.response.status, 401);
  },
  async "a subscription that cannot begin is refused with its code"() {
    const query = 'subscription { complaintEvents(after: "x") { type } }';
    const asked = client({ fetchSubscriptions: true }).subscription(query, {});
    const result = await new Promise((done) => asked.subscribe(done));
    assert.deepEqual(codesOf(result), ["BAD_CURSOR"]);
  },
  async "the hash of a query, then the query (urql)"() {
    const { data } = await client({ exchanges: [persistedExchange(), fetchExchange] }).query(report, { code });
    assert.equal(data.complaint.trackingCode, code);
    assert.deepEqual(sent.slice(-2), ["GET 400", "GET 200"]);
  },
  async "the hash of a query, then the query (@apollo/client)"() {
    const link = ApolloLink.from([new PersistedQueryLink({ sha256 }), new HttpLink({ uri: url, fetch: watched })]);
    const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
    const { data } = await apollo.query({ query: gql(report), variables: { code } });
    assert.equal(data.complaint.trackingCode, code);
    assert.equal(sent.length > 1 && sent.at(-1), "POST 200");
  },
};

let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
  } catch (problem) {
    failed += 1;
    console.log(`  ${name}: ${problem.message} (${sent.slice(-2).join(", ")})`);
  }
}
console.log(`  ${Object.keys(cases).length - failed} of ${Object.keys(cases).length} ways to ask succeed`);
process.exit(failed ? 1 : 0);
