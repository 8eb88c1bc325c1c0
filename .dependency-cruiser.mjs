/**
 * The rooms of lib/ by rank: a room imports only from those above it, and from itself. Tests, benchmarks and examples
 * import what they like, and nobody imports them.
 */
const ROOMS = [
  "base",
  "engine",
  "vocabulary",
  "session",
  "token-mode",
  "text-mode",
  "cuda",
  "documents",
  "citations",
  "hosts",
  "model",
  "retrieval",
  "schema",
  "extract",
  "answer",
  "reading",
  "evaluation",
  "server",
  "cli",
  "entry",
];

const upward = ROOMS.slice(0, -1).map((room, rank) => ({
  name: `${room}-imports-from-above-only`,
  severity: "error",
  from: { path: `^lib/${room}/` },
  to: { path: `^lib/(${ROOMS.slice(rank + 1).join("|")})/` },
}));

export default {
  forbidden: [
    ...upward,
    {
      name: "every-file-has-a-room",
      comment: "A file of lib/ lies in a room that has a rank.",
      severity: "error",
      from: {},
      to: { path: "^lib/", pathNot: `^lib/(${ROOMS.join("|")})/` },
    },
    { name: "no-circles", severity: "error", from: { path: "^lib/" }, to: { circular: true } },
    {
      name: "the-library-stands-alone",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(tests|bench|examples|scripts)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types count too: whoever reads a file opens what it takes its types from.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
