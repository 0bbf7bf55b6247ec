// Starts GraphiQL against this node. Tenant and token go into the headers editor:
// {"x-tenant": "demo-us", "authorization": "Bearer dom_us_at_…"}
(() => {
  const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
  const fetcher = GraphiQL.createFetcher({ url: "/graphql", subscriptionUrl: socket });
  const page = React.createElement(GraphiQL, {
    fetcher,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultQuery: "{\n  regions {\n    code\n    name\n    apiUrl\n  }\n}\n",
    defaultHeaders: '{\n  "x-tenant": ""\n}',
  });
  const place = document.getElementById("graphiql");
  if (ReactDOM.createRoot) {
    ReactDOM.createRoot(place).render(page);
  } else {
    ReactDOM.render(page, place);
  }
})();
