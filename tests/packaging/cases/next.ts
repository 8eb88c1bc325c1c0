import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { reportOfPage } from "../browser-report.js";
import type { Case } from "../case.js";
import type { Place } from "../place.js";
import { outputOf } from "../programs.js";
import { EXPECTED, IN_BROWSER, MODULE, type Report } from "../quoting-program.js";

const PATIENCE_MS = 60_000;

/** A page that quotes in the browser, and a route that quotes on the server. */
const FILES = {
  "package.json": '{ "private": true, "type": "module" }',
  "app/layout.jsx": "export default ({ children }) => <html><body>{children}</body></html>;",
  "app/page.jsx": `"use client";
    import { useEffect } from "react";
    ${MODULE}
    export default function Page() {
      useEffect(() => { globalThis.verbatimReport = report(); }, []);
      return <p>Quotes</p>;
    }`,
  "app/quote/route.js": `${MODULE}
    export const dynamic = "force-dynamic";
    export const GET = () => Response.json(report());`,
};

type Bundler = "turbopack" | "webpack";

const builds = new Map<string, Promise<string>>();

/** Builds an application once, with `config` added to what names the project's folder; returns its folder. */
function application(place: Place, name: string, bundler: Bundler, config: object = {}): Promise<string> {
  const folder = builds.get(name) ?? build(place, name, bundler, config);
  builds.set(name, folder);
  return folder;
}

async function build(place: Place, name: string, bundler: Bundler, config: object): Promise<string> {
  const roots = { turbopack: { root: place.folder }, outputFileTracingRoot: place.folder };
  const whole = JSON.stringify({ ...roots, ...config });
  const folder = place.write(name, { ...FILES, "next.config.mjs": `export default ${whole};` });
  await outputOf(place.tool("next"), ["build", `--${bundler}`], folder, { NEXT_TELEMETRY_DISABLED: "1" });
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Starts a server, and asks it as soon as it answers. */
async function ask<Answer>(
  args: string[],
  folder: string,
  question: (url: string) => Promise<Answer>,
): Promise<Answer> {
  const port = String(await freePort());
  const env = { ...process.env, PORT: port, HOSTNAME: "127.0.0.1", NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined };
  const server = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (output += String(text)));
  const url = `http://127.0.0.1:${port}/`;
  try {
    await untilItAnswers(url, () => server.exitCode === null);
    return await question(url);
  } catch (error) {
    throw new Error(`${String(error)}\n${output}`, { cause: error });
  } finally {
    server.kill();
  }
}

async function untilItAnswers(url: string, isRunning: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (isRunning() && Date.now() < end) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The server does not answer");
}

async function askRoute(url: string): Promise<Report> {
  const response = await fetch(`${url}quote`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as Report;
}

const startOf = (place: Place) => [join(place.folder, "node_modules/next/dist/bin/next"), "start"];

const EXTERNAL = { serverExternalPackages: ["verbatim-runtime"] };
const STANDALONE = {
  ...EXTERNAL,
  output: "standalone",
  outputFileTracingIncludes: { "/*": ["../../node_modules/{verbatim-runtime,node-gyp-build}/**/*"] },
};

function casesOf(bundler: Bundler): Case[] {
  return [
    {
      name: `Next.js, ${bundler}, route`,
      expected: EXPECTED.native,
      run: async (place) => ask(startOf(place), await application(place, `next-${bundler}`, bundler), askRoute),
    },
    {
      name: `Next.js, ${bundler}, page`,
      expected: IN_BROWSER,
      run: async (place) => {
        const browser = await place.browser();
        const folder = await application(place, `next-${bundler}`, bundler);
        return ask(startOf(place), folder, (url) => reportOfPage(browser, url));
      },
    },
    {
      name: `Next.js, ${bundler}, serverExternalPackages, standalone output elsewhere`,
      expected: EXPECTED.native,
      run: async (place) => {
        const name = `next-${bundler}-standalone`;
        const folder = await application(place, name, bundler, STANDALONE);
        const copy = join(place.elsewhere, name);
        cpSync(join(folder, ".next/standalone"), copy, { recursive: true });
        return ask(["server.js"], join(copy, "cases", name), askRoute);
      },
    },
  ];
}

export const nextCases: Case[] = [...casesOf("turbopack"), ...casesOf("webpack")];
