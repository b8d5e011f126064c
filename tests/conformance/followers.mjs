// Follows events with the clients that people use, each over a transport of its own: an event that is past, and,
// when whoever started this has read the line that says so, two that happen.
//   node followers.mjs <address of /graphql> <cursor before one event>
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { createClient as overEvents } from "graphql-sse";
import { createClient as overSocket } from "graphql-ws";
import { Client, fetchExchange, subscriptionExchange } from "urql";
import WebSocket from "ws";

const [url, after] = process.argv.slice(2);
const query = `subscription ($after: String) {
  complaintEvents(after: $after) { type trackingCode cursor }
}`;

// Where urql leaves a stream, what it reads with in Node rejects with that same leaving, and nobody looks at it.
process.on("unhandledRejection", (problem) => {
  if (problem.name !== "AbortError") throw problem;
});

// A urql client with the exchanges that a front-end would give it, made a follower.
const followedByUrql = (given) => (variables, next, error) => {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, ...given });
  const told = (result) => (result.error ? error(result.error) : next(result));
  const following = client.subscription(query, variables).subscribe(told);
  return () => following.unsubscribe();
};

// Every client calls `next` with a result; what it gives is called to leave.
const clients = {
  "graphql-ws": (variables, next, error) => {
    const client = overSocket({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
    return client.subscribe({ query, variables }, { next, error, complete() {} });
  },
  "graphql-sse": (variables, next, error) => {
    const client = overEvents({ url, retryAttempts: 0 });
    return client.subscribe({ query, variables }, { next, error, complete() {} });
  },
  "@apollo/client": (variables, next, error) => {
    const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() });
    const following = client.subscribe({ query: gql(query), variables, fetchPolicy: "no-cache" });
    const subscription = following.subscribe({ next, error });
    return () => subscription.unsubscribe();
  },
  "urql over graphql-ws": (variables, next, error) => {
    const client = overSocket({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
    const forwardSubscription = (asked) => ({
      subscribe: (sink) => ({ unsubscribe: client.subscribe(asked, sink) }),
    });
    const exchanges = [fetchExchange, subscriptionExchange({ forwardSubscription })];
    return followedByUrql({ exchanges })(variables, next, error);
  },
  // It accepts both streams, and reads the one that it is given.
  "urql over Server-Sent Events": followedByUrql({ fetchSubscriptions: true }),
  "urql over multipart": followedByUrql({
    fetchSubscriptions: true,
    fetchOptions: { headers: { accept: "multipart/mixed" } },
  }),
};

function followed(follow, variables) {
  return new Promise((done, fail) => {
    const seen = [];
    const leave = follow(
      variables,
      (told) => {
        if (!told.data) return fail(new Error(JSON.stringify(told)));
        seen.push(told.data.complaintEvents);
        if (seen.length === 1) console.log("following");
        if (seen.length < 3) return;
        leave();
        done(seen);
      },
      fail,
    );
  });
}

let cursor = after;
for (const [name, follow] of Object.entries(clients)) {
  const seen = await followed(follow, { after: cursor });
  console.log(`  ${name}: ${seen.map((event) => event.type).join(", ")}`);
  // The next resumes before the last event of this one, which another transport told.
  cursor = seen[1].cursor;
}
process.exit(0);
