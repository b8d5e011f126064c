// Starts GraphiQL against this server, over HTTP and WebSocket, with its example operations as tabs.
const url = new URL("/graphql", location.href);
const socket = new URL(url);
socket.protocol = url.protocol === "https:" ? "wss:" : "ws:";
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({
      url: url.href,
      wsClient: graphqlWs.createClient({ url: socket.href }),
    }),
    defaultTabs: JSON.parse(document.getElementById("examples").textContent),
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: false,
  }),
);
