// Runs the audits of npm's graphql-http against one address, and tells of each that fails.
const { serverAudits } = require("graphql-http");

(async () => {
  const audits = serverAudits({ url: process.argv[2] });
  let passed = 0;
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status === "ok") passed += 1;
    else console.log(`  ${audit.id} ${audit.name}: ${result.reason}`);
  }
  console.log(`  ${passed} of ${audits.length} audits pass`);
  process.exit(passed === audits.length ? 0 : 1);
})();
